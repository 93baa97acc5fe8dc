using System.Collections.Immutable;
using System.Globalization;
using TinyGptV.Model.Checkpoints;
using TinyGptV.Model.Tokenization;
using TorchSharp;

namespace TinyGptV.Model;

/// <summary>What a user can choose about a model besides its files.</summary>
public sealed record ModelSettings
{
    /// <summary>The file with the sizes; null for <c>config.json</c> beside the stage file or in the converted folder if there is one, else the published sizes.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>The image size in pixels; null for what the configuration or the stage file says, else 448.</summary>
    public int? ImageSize { get; init; }
}

/// <summary>A model read from its files, complete and ready to run.</summary>
public sealed class LoadedModel : IDisposable
{
    private LoadedModel(TinyGptVModel network, PhiTokenizer tokenizer) => (Network, Tokenizer) = (network, tokenizer);

    internal TinyGptVModel Network { get; }

    internal PhiTokenizer Tokenizer { get; }

    /// <summary>Every setting that decides an answer, for a run's manifest.</summary>
    public ImmutableSortedDictionary<string, string> Settings => ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal,
    [
        Setting("begin token", Tokenizer.EndOfTextId),
        Setting("configuration", ModelConfigJson.Write(Network.Config)),
        Setting("device", "cpu"),
        Setting("end token", Network.Phi.EosTokenId),
        Setting("image size", Network.Config.ImageSize),
        Setting("lora alpha", Network.Config.Lora.Alpha),
        Setting("lora rank", Network.Config.Lora.R),
        Setting("precision", "float32"),
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
        PhiConfig phi = PhiConfig.Read(Path.Combine(files.Paths.PhiFolder, "config.json"));
        PhiTokenizer tokenizer = PhiTokenizer.Open(files.Paths.PhiFolder);
        var network = new TinyGptVModel(ConfigOf(files, settings), phi, torch.float32, torch.CPU);
        try
        {
            files.LoadInto(network.ParametersByKey(), cancellationToken).ThrowIfIncomplete();
            return new LoadedModel(network, tokenizer);
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
            throw new CheckpointException($"{converted}: was converted for images of {config.ImageSize} pixels, {asked} are asked for. Convert the original files again with --image-size {asked}.");
        int imageSize = settings.ImageSize ?? (path is null ? files.Stage.ImageSize : null) ?? config.ImageSize;
        if (imageSize < config.PatchSize || imageSize % config.PatchSize != 0)
            throw new InvalidDataException($"The image size is a multiple of the patch size {config.PatchSize}; found {imageSize}. The published models use 224 (stages 1 to 3) and 448 (stage 4).");
        return config with
        {
            ImageSize = imageSize,
            Lora = new LoraConfig { R = files.Stage.LoraRank, Alpha = files.Stage.LoraAlpha ?? config.Lora.Alpha },
        };
    }

    private static KeyValuePair<string, string> Setting(string name, object value) =>
        new(name, Convert.ToString(value, CultureInfo.InvariantCulture)!);
}
