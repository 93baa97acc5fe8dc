namespace TinyGptV.Cli.Silo;

/// <summary>The number format of weights and activations.</summary>
internal enum ModelPrecision
{
    /// <summary>32-bit floating point.</summary>
    Float32,
}

/// <summary>Which files a model is read from and how it runs.</summary>
internal sealed record ModelOptions
{
    /// <summary>
    /// The checkpoint folder: <c>phi-2/</c>, <c>eva_vit_g.pth</c>, <c>blip2_pretrained_flant5xxl.pth</c>,
    /// <c>TinyGPT-V_for_Stage*.pth</c>, and a <c>config.json</c> if the shape is not the published one;
    /// or a folder that <c>tinygptv checkpoint convert</c> wrote.
    /// </summary>
    public required string Folder { get; init; }

    /// <summary>The phi-2 folder, if it is elsewhere.</summary>
    public string? Phi { get; init; }

    /// <summary>The visual encoder's file, if it is elsewhere.</summary>
    public string? Eva { get; init; }

    /// <summary>The Q-Former's file, if it is elsewhere.</summary>
    public string? Blip2 { get; init; }

    /// <summary>The training stage's file, if it is elsewhere or there are several.</summary>
    public string? Stage { get; init; }

    /// <summary>The configuration file, if it is elsewhere.</summary>
    public string? Config { get; init; }

    /// <summary>The side of the square image in pixels. Default: that of the configuration.</summary>
    public int? ImageSize { get; init; }

    /// <summary>The number format. Default: float32.</summary>
    public ModelPrecision Precision { get; init; }

    /// <summary>How many threads torch computes with. Default: torch's own choice.</summary>
    public int? Threads { get; init; }

    /// <summary>How many requests are computed at once at most. Default: the engine's own choice.</summary>
    public int? MaxBatch { get; init; }
}
