using System.Collections.Immutable;
using System.Globalization;
using TinyGptV.Model.Checkpoints.Formats;
using TinyGptV.Model.Checkpoints.Layout;
using TinyGptV.Model.Configuration;
using TinyGptV.Model.Tokenization;
using TorchSharp;

namespace TinyGptV.Model;

/// <summary>A model loaded from its files, complete and ready to run.</summary>
public sealed class LoadedModel : IDisposable
{
    private readonly ModelSettings _chosen;

    private LoadedModel(TinyGptVModel network, PhiTokenizer tokenizer, ModelSettings chosen) =>
        (Network, Tokenizer, _chosen) = (network, tokenizer, chosen);

    internal TinyGptVModel Network { get; }

    internal PhiTokenizer Tokenizer { get; }

    /// <summary>Every setting that affects the answers, for a run's manifest.</summary>
    public ImmutableSortedDictionary<string, string> Settings => ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal,
    [
        Setting("begin token", Tokenizer.EndOfTextId),
        Setting("configuration", ConfigFile.Write(Network.Config)),
        Setting("device", _chosen.Device.Split(':')[0]), // which of several equal GPUs does not matter
        Setting("end token", Network.Phi.EosTokenId),
        Setting("image size", Network.Config.ImageSize),
        Setting("lora alpha", Network.Config.Lora.Alpha),
        Setting("lora rank", Network.Config.Lora.R),
        Setting("lora merged", _chosen.MergeAdapters && Network.Config.Lora.R > 0),
        Setting("precision", _chosen.Precision.ToString().ToLowerInvariant()),
    ]);

    /// <summary>Builds the network and loads its weights from the files.</summary>
    /// <param name="files">The open files.</param>
    /// <param name="settings">The user's settings.</param>
    /// <param name="cancellationToken">Stops between two tensors.</param>
    /// <returns>The model, with every required tensor loaded.</returns>
    /// <exception cref="CheckpointException">Tensors are missing, unexpected or have the wrong shape; the message lists all of them.</exception>
    /// <exception cref="InvalidDataException">A configuration or tokenizer file is invalid.</exception>
    public static LoadedModel Load(CheckpointSet files, ModelSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(settings);
        ModelBlueprint blueprint = ModelBlueprint.Of(files, settings);
        files.PlanFor(blueprint.Shapes).Report().ThrowIfIncomplete(); // before allocating memory for sizes that the files do not have
        PhiTokenizer tokenizer = PhiTokenizer.Open(files.Paths.PhiFolder);
        var network = new TinyGptVModel(blueprint.Config, blueprint.Phi, TypeOf(settings), ComputeDevices.Open(settings.Device));
        try
        {
            files.LoadInto(network.ParametersByKey(), cancellationToken).ThrowIfIncomplete();
            if (settings.MergeAdapters)
                network.Language.MergeAdapters();
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

    private static torch.ScalarType TypeOf(ModelSettings settings) => settings.Precision switch
    {
        ModelPrecision.BFloat16 => torch.bfloat16,
        ModelPrecision.Float16 when settings.Device == "cpu" =>
            throw new InvalidDataException("float16 needs a GPU. On a CPU use bfloat16 (fast) or float32 (the reference)."),
        ModelPrecision.Float16 => torch.float16,
        _ => torch.float32,
    };

    private static KeyValuePair<string, string> Setting(string name, object value) =>
        new(name, Convert.ToString(value, CultureInfo.InvariantCulture)!);
}
