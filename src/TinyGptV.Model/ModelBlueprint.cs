using System.Collections.Immutable;
using TinyGptV.Model.Checkpoints.Formats;
using TinyGptV.Model.Checkpoints.Layout;
using TinyGptV.Model.Configuration;
using static TorchSharp.torch;

namespace TinyGptV.Model;

/// <summary>The model that a set of files describes, without allocating its memory.</summary>
/// <param name="Config">The sizes.</param>
/// <param name="Phi">The language model's sizes.</param>
/// <param name="Shapes">The shape of every parameter by canonical name, in the network's order.</param>
internal sealed record ModelBlueprint(TinyGptVConfig Config, PhiConfig Phi, IReadOnlyDictionary<string, ImmutableArray<long>> Shapes)
{
    /// <exception cref="CheckpointException">The files cannot be used.</exception>
    /// <exception cref="InvalidDataException">A configuration file cannot be used.</exception>
    public static ModelBlueprint Of(CheckpointSet files, ModelSettings settings)
    {
        TinyGptVConfig config = ConfigOf(files, settings);
        PhiConfig phi = ConfigFile.ReadPhi(Path.Combine(files.Paths.PhiFolder, "config.json"));
        using var scope = NewDisposeScope();
        using var network = new TinyGptVModel(config, phi, float32, META);
        return new ModelBlueprint(config, phi, network.ParametersByKey().ToDictionary(p => p.Key, p => p.Value.shape.ToImmutableArray()));
    }

    // The LoRA rank comes from the file's tensors and overrides any configuration; alpha cannot be read from the tensors.
    private static TinyGptVConfig ConfigOf(CheckpointSet files, ModelSettings settings)
    {
        string beside = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(files.Paths.StageFile))!, "config.json");
        string? path = settings.ConfigFile ?? (File.Exists(beside) ? beside : null);
        TinyGptVConfig config = path is null ? new TinyGptVConfig() : ConfigFile.ReadModel(path);
        if (files.Paths.Converted is { } converted && settings.ImageSize is { } asked && asked != config.ImageSize)
            throw new CheckpointException($"{converted}: converted for images of {config.ImageSize} pixels, but {asked} were requested. " +
                $"Convert the original files again with --image-size {asked}.");
        int imageSize = settings.ImageSize ?? (path is null ? files.Stage.ImageSize : null) ?? config.ImageSize;
        if (imageSize < config.PatchSize || imageSize % config.PatchSize != 0)
            throw new InvalidDataException($"The image size must be a multiple of the patch size {config.PatchSize}; found {imageSize}. " +
                "The published models use 224 (stages 1 to 3) and 448 (stage 4).");
        return config with
        {
            ImageSize = imageSize,
            Lora = new LoraConfig { R = files.Stage.LoraRank, Alpha = files.Stage.LoraAlpha ?? config.Lora.Alpha },
        };
    }
}
