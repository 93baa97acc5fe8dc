namespace TinyGptV.Model;

/// <summary>The number format of linear layers and attention; norms and the stream between layers are float32 in all of them.</summary>
public enum ModelPrecision
{
    /// <summary>32 bits: the reference.</summary>
    Float32,

    /// <summary>
    /// 16 bits with the range of float32: on a CPU with such instructions four times as fast. Low-order bits of an answer depend on
    /// which requests are computed together.
    /// </summary>
    BFloat16,

    /// <summary>16 bits, what the original computes with. On a GPU only: CPUs have no fast arithmetic for it.</summary>
    Float16,
}

/// <summary>What a user can choose about a model besides its files.</summary>
public sealed record ModelSettings
{
    /// <summary>The number format. Default: float32.</summary>
    public ModelPrecision Precision { get; init; }

    /// <summary>The device: <c>cpu</c> (the default), <c>cuda</c> or <c>cuda:1</c>.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Whether adapters are added to the weights they adapt: faster by a few percent, other low-order bits. Default: false, as the original.</summary>
    public bool MergeAdapters { get; init; }

    /// <summary>The file with the sizes; null for <c>config.json</c> beside the stage file or in the converted folder if there is one, else the published sizes.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>The image size in pixels; null for what the configuration or the stage file says, else 448.</summary>
    public int? ImageSize { get; init; }
}
