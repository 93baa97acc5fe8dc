namespace TinyGptV.Hosting.Logging;

/// <summary>The format of log lines on standard error.</summary>
public enum LogFormat
{
    /// <summary>One line of text per entry.</summary>
    Text,

    /// <summary>One JSON object per line, with time, level, category and every named value.</summary>
    Json,
}

/// <summary>Log level and format.</summary>
/// <param name="Verbose">Whether to log events too, not only problems.</param>
/// <param name="Format">The line format.</param>
public sealed record LogOptions(bool Verbose = false, LogFormat Format = LogFormat.Text);
