namespace TinyGptV.Hosting.Logging;

/// <summary>How log lines on standard error look.</summary>
public enum LogFormat
{
    /// <summary>For people: one line each.</summary>
    Text,

    /// <summary>For log stores: one JSON object in one line each, with time, level, category and every named value.</summary>
    Json,
}

/// <summary>What the log says and how.</summary>
/// <param name="Verbose">Whether it tells what goes on, not only what goes wrong.</param>
/// <param name="Format">How its lines look.</param>
public sealed record LogOptions(bool Verbose = false, LogFormat Format = LogFormat.Text);
