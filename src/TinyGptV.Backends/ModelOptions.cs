using TinyGptV.Model;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Backends;

/// <summary>The files of a model and how it runs.</summary>
public sealed record ModelOptions
{
    /// <summary>
    /// The checkpoint folder: <c>phi-2/</c>, <c>eva_vit_g.pth</c>, <c>blip2_pretrained_flant5xxl.pth</c>,
    /// <c>TinyGPT-V_for_Stage*.pth</c>, and a <c>config.json</c> if the sizes are not the published ones;
    /// or a folder written by <c>tinygptv checkpoint convert</c>.
    /// </summary>
    public required string Folder { get; init; }

    /// <summary>Where to download the checkpoint from. Default: null, it is in <see cref="Folder"/>.</summary>
    public StorageLocation? Source { get; init; }

    /// <summary>The phi-2 folder, if it is elsewhere.</summary>
    public string? Phi { get; init; }

    /// <summary>The visual encoder's file, if it is elsewhere.</summary>
    public string? Eva { get; init; }

    /// <summary>The Q-Former's file, if it is elsewhere.</summary>
    public string? Blip2 { get; init; }

    /// <summary>The stage file, if it is elsewhere or there are several.</summary>
    public string? Stage { get; init; }

    /// <summary>The configuration file, if it is elsewhere.</summary>
    public string? Config { get; init; }

    /// <summary>Width and height of the image in pixels. Default: as configured.</summary>
    public int? ImageSize { get; init; }

    /// <summary>The number format. Default: float32.</summary>
    public ModelPrecision Precision { get; init; }

    /// <summary>
    /// The device: <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>. For the replicas of a silo also a comma-separated list, or <c>all</c> GPUs. Default: cpu.
    /// </summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Merge the LoRA adapters into the weights. Default: false, as the original.</summary>
    public bool MergeLora { get; init; }

    /// <summary>Number of torch threads. Default: torch's own choice.</summary>
    public int? Threads { get; init; }

    /// <summary>Maximum batch size. Default: the engine's own choice.</summary>
    public int? MaxBatch { get; init; }

    /// <summary>
    /// Time that each answer of a scripted model takes, for trying out a cluster without a checkpoint; null for a real model.
    /// </summary>
    public TimeSpan? ScriptDelay { get; init; }

    /// <summary>The name of the scripted model; another name counts as another model, for trying out switching. Default: "scripted".</summary>
    public string? Script { get; init; }

    /// <summary>The same options with another checkpoint.</summary>
    public ModelOptions WithCheckpoint(StorageLocation location) =>
        this with { Folder = location.Folder ?? location.ToString(), Source = location.Folder is null ? location : null };
}
