using TinyGptV.Model;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Backends;

/// <summary>Which files a model is read from and how it runs.</summary>
public sealed record ModelOptions
{
    /// <summary>
    /// The checkpoint folder: <c>phi-2/</c>, <c>eva_vit_g.pth</c>, <c>blip2_pretrained_flant5xxl.pth</c>,
    /// <c>TinyGPT-V_for_Stage*.pth</c>, and a <c>config.json</c> if the shape is not the published one;
    /// or a folder that <c>tinygptv checkpoint convert</c> wrote.
    /// </summary>
    public required string Folder { get; init; }

    /// <summary>Where the checkpoint is brought from before it is loaded. Default: it is in <see cref="Folder"/>.</summary>
    public StorageLocation? Source { get; init; }

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

    /// <summary>
    /// The device: <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>. Of the replicas of a silo also several with commas between them, or <c>all</c> GPUs.
    /// Default: the CPU.
    /// </summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Whether adapters are added to the weights they adapt. Default: kept apart, as the original does.</summary>
    public bool MergeLora { get; init; }

    /// <summary>How many threads torch computes with. Default: torch's own choice.</summary>
    public int? Threads { get; init; }

    /// <summary>How many requests are computed at once at most. Default: the engine's own choice.</summary>
    public int? MaxBatch { get; init; }

    /// <summary>
    /// How long each answer of a script takes that stands in for the model, for trying out a cluster without a checkpoint; null for the model.
    /// </summary>
    public TimeSpan? ScriptDelay { get; init; }

    /// <summary>The name of that script; another name is another model, so that switching can be tried out too. Default: the first one's.</summary>
    public string? Script { get; init; }

    /// <summary>The same with the files of another checkpoint.</summary>
    public ModelOptions WithCheckpoint(StorageLocation location) =>
        this with { Folder = location.Folder ?? location.ToString(), Source = location.Folder is null ? location : null };
}
