using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Evaluation.Inference;

/// <summary>Says briefly why a file could not be read.</summary>
public static class ReadingFault
{
    // Error numbers of Linux, which .NET keeps as the HResult of an IOException.
    private const int InputOutputError = 5, OutOfMemory = 12, AccessDenied = 13, TooManyOpenInSystem = 23, TooManyOpen = 24, NoSpace = 28,
        NotConnected = 107, TimedOut = 110, HostDown = 112, NoRoute = 113, Stale = 116;

    /// <summary>Describes a failure to read an image.</summary>
    /// <param name="exception">The failure, as thrown by an <see cref="IImageSource"/>.</param>
    /// <returns>The end of a sentence that begins with the image.</returns>
    public static string Describe(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return exception switch
        {
            FileNotFoundException or DirectoryNotFoundException => "it is not there",
            UnauthorizedAccessException => "permission denied",
            TimeoutException => "the storage does not answer",
            OutOfMemoryException => "out of memory",
            PrerequisiteException => exception.Message,
            { InnerException: { } cause and (IOException or UnauthorizedAccessException) } => Describe(cause),
            IOException => Describe(exception.HResult) ?? exception.Message,
            _ => $"{exception.GetType().Name}: {exception.Message}",
        };
    }

    /// <summary>Whether an image is not there, rather than unreadable.</summary>
    /// <param name="exception">The failure, as thrown by an <see cref="IImageSource"/>.</param>
    /// <returns>True if there is no such file.</returns>
    public static bool IsAbsence(Exception exception) => exception is FileNotFoundException or DirectoryNotFoundException;

    private static string? Describe(int error) => error switch
    {
        InputOutputError => "input/output error",
        OutOfMemory => "out of memory",
        AccessDenied => "permission denied",
        TooManyOpenInSystem or TooManyOpen => "too many open files",
        NoSpace => "no space left on the device",
        NotConnected or HostDown or NoRoute => "the storage is not connected",
        TimedOut => "the storage does not answer",
        Stale => "stale file handle",
        _ => null,
    };
}
