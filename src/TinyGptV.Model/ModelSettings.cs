namespace TinyGptV.Model;

/// <summary>The number format of linear layers and attention; norms and the residual stream are always float32.</summary>
public enum ModelPrecision
{
    /// <summary>32 bits: the reference.</summary>
    Float32,

    /// <summary>
    /// 16 bits with the range of float32. Four times as fast on a CPU that has bfloat16 instructions. The last bits of a result depend on
    /// which requests are batched together.
    /// </summary>
    BFloat16,

    /// <summary>16 bits, as the original uses. GPU only: CPUs have no fast arithmetic for it.</summary>
    Float16,
}

/// <summary>What a user can choose about a model besides its files.</summary>
public sealed record ModelSettings
{
    /// <summary>The number format. Default: float32.</summary>
    public ModelPrecision Precision { get; init; }

    /// <summary>The device: <c>cpu</c> (the default), <c>cuda</c> or <c>cuda:1</c>.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Merge the LoRA adapters into the weights: a few percent faster, results differ in the last bits. Default: false, as the original.</summary>
    public bool MergeAdapters { get; init; }

    /// <summary>
    /// The file with the model's sizes; null for <c>config.json</c> next to the stage file or in the converted folder, or the published sizes if
    /// there is none.
    /// </summary>
    public string? ConfigFile { get; init; }

    /// <summary>The image size in pixels; null for the one in the configuration or the stage file, else 448.</summary>
    public int? ImageSize { get; init; }
}
