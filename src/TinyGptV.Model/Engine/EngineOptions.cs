namespace TinyGptV.Model.Engine;

/// <summary>How the engine uses the machine. No setting changes the answers.</summary>
public sealed record EngineOptions
{
    /// <summary>Number of threads of the tensor library.</summary>
    public required int Threads { get; init; }

    /// <summary>Maximum batch size. Default: 32; above that, a decode step gets slower with each row.</summary>
    public int MaxBatch { get; init; } = 32;

    /// <summary>New requests join a step only while it has fewer rows than this. Default: 1024.</summary>
    public int MaxRowsPerStep { get; init; } = 1024;

    /// <summary>Number of images whose vectors are cached for further questions. Default: 256.</summary>
    public int CachedImages { get; init; } = 256;

    /// <summary>
    /// Bytes of keys and values of earlier prompts that are kept, so that further questions about an image compute only what differs; 0 for none.
    /// Default: 512 MiB.
    /// </summary>
    public long PromptPrefixBytes { get; init; } = 512L << 20;
}
