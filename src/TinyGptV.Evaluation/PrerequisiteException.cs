namespace TinyGptV.Evaluation;

/// <summary>
/// An error that the user has to fix: a missing or malformed file, a wrong option, conflicting settings. The message says what was
/// expected, what was found and what to do. Programs print it without a stack trace and exit with code 2.
/// </summary>
/// <param name="message">What was expected, what was found, what to do.</param>
/// <param name="innerException">The cause, if any.</param>
public sealed class PrerequisiteException(string message, Exception? innerException = null) : Exception(message, innerException);
