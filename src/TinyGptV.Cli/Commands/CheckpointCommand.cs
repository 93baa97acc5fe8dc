using System.CommandLine;
using TinyGptV.Cli.Display;
using TinyGptV.Cli.Verbs;
using TinyGptV.Storage;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Cli.Commands;

/// <summary><c>tinygptv checkpoint</c>.</summary>
internal sealed class CheckpointCommand : TeachingCommand
{
    private static readonly (string, string)[] Inspections =
    [
        ("All parts of a model's folder", "tinygptv checkpoint inspect ./checkpoints"),
        ("Every tensor of one file", "tinygptv checkpoint inspect ./checkpoints/eva_vit_g.pth --tensors"),
        ("A model in object storage", "tinygptv checkpoint inspect https://ACCOUNT.blob.core.windows.net/models/tinygpt-v"),
    ];

    private static readonly (string, string)[] Verifications =
    [
        ("Whether the downloaded files make a complete model", "tinygptv checkpoint verify ./checkpoints"),
        ("Whether a file is one of the published ones", "tinygptv checkpoint verify ./checkpoints/TinyGPT-V_for_Stage4.pth"),
    ];

    private static readonly (string, string)[] Conversions =
    [
        ("One folder in place of the downloaded files, and its use", "tinygptv checkpoint convert ./checkpoints --output ./tinygpt-v && tinygptv eval --model ./tinygpt-v"),
        ("With LoRA merged into the weights", "tinygptv checkpoint convert ./checkpoints --output ./tinygpt-v-merged --merge-lora"),
    ];

    public CheckpointCommand(ProgramEnvironment environment)
        : base("checkpoint", "Looks into checkpoint files, verifies and converts them.", [.. Inspections, .. Verifications, .. Conversions])
    {
        Add(Inspect(environment));
        Add(Verify(environment));
        Add(Convert(environment));
    }

    private static TeachingCommand Inspect(ProgramEnvironment environment)
    {
        Argument<string> path = PathArgument();
        var tensors = new Option<bool>("--tensors") { Description = "List every tensor instead of counting them by the beginning of their names." };
        Option<string> format = RunOptions.Format();
        var inspect = new TeachingCommand(
            "inspect",
            "Shows what a checkpoint holds, from its headers alone: kind of file, tensors, types, number of parameters, beginnings of names, stored configuration.",
            Inspections) { path, tensors, format };
        StorageOptionSet storage = AddStorage(inspect);
        inspect.SetAction(async (result, cancellationToken) =>
        {
            using LocalCheckpoint files = await FetchAsync(result.GetRequiredValue(path), storage.Bind(result, environment), cancellationToken);
            return await new CheckpointInspection(environment).WriteAsync(
                new CheckpointInspectionOptions(files.Folder, result.GetValue(tensors), result.GetChoice<OutputFormat>(format)), cancellationToken);
        });
        return inspect;
    }

    private static TeachingCommand Verify(ProgramEnvironment environment)
    {
        Argument<string> path = PathArgument();
        Option<int?> imageSize = ImageSize("The image size that the model would be used with, in pixels. Default: as configured, else 448.");
        Option<string> format = RunOptions.Format();
        var verify = new TeachingCommand(
            "verify",
            "Reads a checkpoint whole: recognises published files by their digests, and makes sure that all parts open, that every tensor the model needs is " +
            "there in its shape, and that all values are finite. Needs memory for one tensor at a time. Exit code 0 if it is sound, 2 with everything that is wrong.",
            Verifications) { path, imageSize, format };
        StorageOptionSet storage = AddStorage(verify);
        verify.SetAction(async (result, cancellationToken) =>
        {
            using LocalCheckpoint files = await FetchAsync(result.GetRequiredValue(path), storage.Bind(result, environment), cancellationToken);
            return await new CheckpointVerdict(environment).WriteAsync(
                new CheckpointVerdictOptions(files.Folder, result.GetValue(imageSize), result.GetChoice<OutputFormat>(format)), cancellationToken);
        });
        return verify;
    }

    private static TeachingCommand Convert(ProgramEnvironment environment)
    {
        var folder = new Argument<string>("DIR|URI") { Description = "All parts of a model, as --model takes it: a folder, or the URI of a Blob container or of a prefix in it." };
        var output = new Option<string>("--output") { Description = "The folder to write, absent or empty.", HelpName = "DIR", Required = true };
        var mergeLora = new Option<bool>("--merge-lora") { Description = "Add LoRA to the weights that it adapts, rounded to their stored type. Answers can differ in the last digits." };
        Option<int?> imageSize = ImageSize("The image size that the model will be used with, in pixels. Default: as configured, else 448.");
        var convert = new TeachingCommand(
            "convert",
            "Writes a model as one folder that loads with no further choices: safetensors with one naming and layout whatever the sources', config.json with all " +
            "sizes, the tokenizer. Values and element types stay as they are, and so do answers. Needs memory for one tensor at a time.",
            Conversions) { folder, output, mergeLora, imageSize };
        StorageOptionSet storage = AddStorage(convert);
        convert.SetAction(async (result, cancellationToken) =>
        {
            using LocalCheckpoint files = await FetchAsync(result.GetRequiredValue(folder), storage.Bind(result, environment), cancellationToken);
            return await new CheckpointRewriting(environment).WriteAsync(
                new CheckpointRewritingOptions(files.Folder, result.GetRequiredValue(output), result.GetValue(mergeLora), result.GetValue(imageSize)), cancellationToken);
        });
        return convert;
    }

    private static Argument<string> PathArgument() =>
        new("PATH") { Description = "A .pth, .pt, .bin or .safetensors file, a phi-2 folder, or a folder with all parts of a model, converted or not; or the URI of a Blob container or of a prefix in it, which is brought to the cache whole." };

    private static StorageOptionSet AddStorage(TeachingCommand command)
    {
        var storage = new StorageOptionSet();
        foreach (Option option in storage.All)
            command.Add(option);
        return storage;
    }

    /// <summary>What a user named, as files of this machine.</summary>
    private static Task<LocalCheckpoint> FetchAsync(string path, StorageOptions storage, CancellationToken cancellationToken) =>
        new StorageAccess(storage).FetchCheckpointAsync(StorageLocation.Parse(path), cancellationToken);

    private static Option<int?> ImageSize(string description)
    {
        var option = new Option<int?>("--image-size") { Description = description, HelpName = "PIXELS" };
        option.Validators.Add(NumberRange.AtLeast(1));
        return option;
    }
}
