using System.Collections.Immutable;
using System.Globalization;
using TinyGptV.Model.Checkpoints;
using TinyGptV.Model.Tokenization;
using TorchSharp;

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

/// <summary>A model read from its files, complete and ready to run.</summary>
public sealed class LoadedModel : IDisposable
{
    private readonly ModelSettings _chosen;

    private LoadedModel(TinyGptVModel network, PhiTokenizer tokenizer, ModelSettings chosen) => (Network, Tokenizer, _chosen) = (network, tokenizer, chosen);

    internal TinyGptVModel Network { get; }

    internal PhiTokenizer Tokenizer { get; }

    /// <summary>Every setting that decides an answer, for a run's manifest.</summary>
    public ImmutableSortedDictionary<string, string> Settings => ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal,
    [
        Setting("begin token", Tokenizer.EndOfTextId),
        Setting("configuration", ModelConfigJson.Write(Network.Config)),
        Setting("device", _chosen.Device.Split(':')[0]), // which of several equal GPUs it is decides nothing
        Setting("end token", Network.Phi.EosTokenId),
        Setting("image size", Network.Config.ImageSize),
        Setting("lora alpha", Network.Config.Lora.Alpha),
        Setting("lora rank", Network.Config.Lora.R),
        Setting("lora merged", _chosen.MergeAdapters && Network.Config.Lora.R > 0),
        Setting("precision", _chosen.Precision.ToString().ToLowerInvariant()),
    ]);

    /// <summary>Builds the network and fills it from the files.</summary>
    /// <param name="files">The open files.</param>
    /// <param name="settings">What the user chose.</param>
    /// <param name="cancellationToken">Stops between two tensors.</param>
    /// <returns>The model; every tensor that must come from a file did.</returns>
    /// <exception cref="CheckpointException">A tensor is missing, misshapen or has no place; all of them are named.</exception>
    /// <exception cref="InvalidDataException">A configuration or tokenizer file cannot be used.</exception>
    public static LoadedModel Load(CheckpointSet files, ModelSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(settings);
        ModelBlueprint blueprint = ModelBlueprint.Of(files, settings);
        files.PlanFor(blueprint.Shapes).Report().ThrowIfIncomplete(); // before memory is taken for sizes that the files do not have
        PhiTokenizer tokenizer = PhiTokenizer.Open(files.Paths.PhiFolder);
        var network = new TinyGptVModel(blueprint.Config, blueprint.Phi, TypeOf(settings), ComputeDevices.Open(settings.Device));
        try
        {
            files.LoadInto(network.ParametersByKey(), cancellationToken).ThrowIfIncomplete();
            if (settings.MergeAdapters) network.Language.MergeAdapters();
            return new LoadedModel(network, tokenizer, settings);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public void Dispose() => Network.Dispose();

    // The adapters' rank is what the file holds, whatever a configuration says; alpha cannot be seen in the tensors.
    internal static TinyGptVConfig ConfigOf(CheckpointSet files, ModelSettings settings)
    {
        string beside = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(files.Paths.StageFile))!, "config.json");
        string? path = settings.ConfigFile ?? (File.Exists(beside) ? beside : null);
        TinyGptVConfig config = path is null ? new TinyGptVConfig() : TinyGptVConfig.Read(path);
        if (files.Paths.Converted is { } converted && settings.ImageSize is { } asked && asked != config.ImageSize)
            throw new CheckpointException($"{converted}: was converted for images of {config.ImageSize} pixels, {asked} are asked for. " +
                $"Convert the original files again with --image-size {asked}.");
        int imageSize = settings.ImageSize ?? (path is null ? files.Stage.ImageSize : null) ?? config.ImageSize;
        if (imageSize < config.PatchSize || imageSize % config.PatchSize != 0)
            throw new InvalidDataException($"The image size is a multiple of the patch size {config.PatchSize}; found {imageSize}. The published models use 224 (stages 1 to 3) and 448 (stage 4).");
        return config with
        {
            ImageSize = imageSize,
            Lora = new LoraConfig { R = files.Stage.LoraRank, Alpha = files.Stage.LoraAlpha ?? config.Lora.Alpha },
        };
    }

    private static torch.ScalarType TypeOf(ModelSettings settings) => settings.Precision switch
    {
        ModelPrecision.BFloat16 => torch.bfloat16,
        ModelPrecision.Float16 when settings.Device == "cpu" =>
            throw new InvalidDataException("float16 is computed on a GPU only; on a CPU use bfloat16 (fast) or float32 (the reference)."),
        ModelPrecision.Float16 => torch.float16,
        _ => torch.float32,
    };

    private static KeyValuePair<string, string> Setting(string name, object value) =>
        new(name, Convert.ToString(value, CultureInfo.InvariantCulture)!);
}
