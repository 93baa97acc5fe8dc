namespace TinyGptV.Cli.Display;

/// <summary>The format of standard output.</summary>
internal enum OutputFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>For scripts: one JSON document.</summary>
    Json,
}
