namespace TinyGptV.Evaluation;

/// <summary>
/// The user has to act: a file is missing or malformed, an option is wrong, two settings disagree. The message says what was
/// expected, what was found and what to do; programs print it without a stack trace and end with exit code 2.
/// </summary>
/// <param name="message">What was expected, what was found, what to do.</param>
/// <param name="innerException">The cause, if there is one.</param>
public sealed class PrerequisiteException(string message, Exception? innerException = null) : Exception(message, innerException);
