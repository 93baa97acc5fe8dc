namespace TinyGptV.Evaluation;

/// <summary>
/// An error that the user has to fix: a missing or malformed file, a wrong option, conflicting settings. The message says what was
/// expected, what was found and what to do. Programs print it without a stack trace.
/// </summary>
/// <param name="message">What was expected, what was found, what to do.</param>
/// <param name="innerException">The cause, if any.</param>
public sealed class PrerequisiteException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>
    /// True if a service did not answer, so that the same command can succeed later; false (the default) if it fails until the user changes something.
    /// Programs end with different exit codes. An exception takes it over from its cause.
    /// </summary>
    public bool MayPass { get; init; } = innerException is PrerequisiteException { MayPass: true };
}
