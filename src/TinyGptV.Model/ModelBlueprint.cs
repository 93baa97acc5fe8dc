using System.Collections.Immutable;
using TinyGptV.Model.Checkpoints;
using static TorchSharp.torch;

namespace TinyGptV.Model;

/// <summary>What a set of files is to become, without the memory for it.</summary>
/// <param name="Config">The sizes.</param>
/// <param name="Phi">The language model's sizes.</param>
/// <param name="Shapes">The shape of every parameter by canonical name, in the network's order.</param>
internal sealed record ModelBlueprint(TinyGptVConfig Config, PhiConfig Phi, IReadOnlyDictionary<string, ImmutableArray<long>> Shapes)
{
    /// <exception cref="CheckpointException">The files cannot be used.</exception>
    /// <exception cref="InvalidDataException">A configuration file cannot be used.</exception>
    public static ModelBlueprint Of(CheckpointSet files, ModelSettings settings)
    {
        TinyGptVConfig config = LoadedModel.ConfigOf(files, settings);
        PhiConfig phi = PhiConfig.Read(Path.Combine(files.Paths.PhiFolder, "config.json"));
        using var scope = NewDisposeScope();
        using var network = new TinyGptVModel(config, phi, float32, META);
        return new ModelBlueprint(config, phi, network.ParametersByKey().ToDictionary(p => p.Key, p => p.Value.shape.ToImmutableArray()));
    }
}
