namespace TinyGptV.Model.Engine;

/// <summary>How the engine uses the machine. No setting changes an answer.</summary>
public sealed record EngineOptions
{
    /// <summary>Threads of the tensor library. Default: the number of processors.</summary>
    public required int Threads { get; init; }

    /// <summary>How many requests are computed at once. Default: 32, from where on a decoding step costs more for each row.</summary>
    public int MaxBatch { get; init; } = 32;

    /// <summary>New requests join a step while it has fewer rows than this. Default: 1024.</summary>
    public int MaxRowsPerStep { get; init; } = 1024;

    /// <summary>How many images' vectors are kept for further questions. Default: 256.</summary>
    public int CachedImages { get; init; } = 256;
}
