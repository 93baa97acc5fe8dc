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
        ("All parts of a model", "tinygptv checkpoint inspect ./checkpoints"),
        ("Every tensor of one file", "tinygptv checkpoint inspect ./checkpoints/eva_vit_g.pth --tensors"),
        ("A model in object storage", "tinygptv checkpoint inspect https://ACCOUNT.blob.core.windows.net/models/tinygpt-v"),
    ];

    private static readonly (string, string)[] Verifications =
    [
        ("Check that the downloaded files make a complete model", "tinygptv checkpoint verify ./checkpoints"),
        ("Check whether a file is one of the published ones", "tinygptv checkpoint verify ./checkpoints/TinyGPT-V_for_Stage4.pth"),
    ];

    private static readonly (string, string)[] Conversions =
    [
        ("Convert the downloaded files to one folder, then use it",
            "tinygptv checkpoint convert ./checkpoints --output ./tinygpt-v && tinygptv eval --model ./tinygpt-v"),
        ("Merge LoRA into the weights", "tinygptv checkpoint convert ./checkpoints --output ./tinygpt-v-merged --merge-lora"),
    ];

    public CheckpointCommand(ProgramEnvironment environment)
        : base("checkpoint", "Inspects, verifies and converts checkpoint files.", [.. Inspections, .. Verifications, .. Conversions])
    {
        Add(Inspect(environment));
        Add(Verify(environment));
        Add(Convert(environment));
    }

    private static TeachingCommand Inspect(ProgramEnvironment environment)
    {
        Argument<string> path = PathArgument();
        var tensors = new Option<bool>("--tensors") { Description = "List every tensor instead of counting them by name prefix." };
        Option<string> format = CommandOptions.Format();
        var inspect = new TeachingCommand(
            "inspect",
            "Shows what a checkpoint contains: file format, tensors, types, number of parameters, name prefixes, stored configuration. Reads headers only.",
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
        Option<int?> imageSize = ImageSize();
        Option<string> format = CommandOptions.Format();
        var verify = new TeachingCommand(
            "verify",
            "Reads a whole checkpoint. Recognizes published files by their digests; checks that all parts open, that every tensor the model needs is present "
            + "with the right shape, and that all values are finite. Needs memory for one tensor at a time. "
            + "Exit code 0 if it is valid; 2 with a list of all problems.",
            Verifications) { path, imageSize, format };
        StorageOptionSet storage = AddStorage(verify);
        verify.SetAction(async (result, cancellationToken) =>
        {
            using LocalCheckpoint files = await FetchAsync(result.GetRequiredValue(path), storage.Bind(result, environment), cancellationToken);
            return await new CheckpointVerifying(environment).WriteAsync(
                new CheckpointVerifyingOptions(files.Folder, result.GetValue(imageSize), result.GetChoice<OutputFormat>(format)), cancellationToken);
        });
        return verify;
    }

    private static TeachingCommand Convert(ProgramEnvironment environment)
    {
        var folder = new Argument<string>("DIR|URI")
        {
            Description = "All parts of a model, as for --model: a folder, or the URI of a Blob container or a prefix in one.",
        };
        var output = new Option<string>("--output") { Description = "The folder to write; must be empty or not exist.", HelpName = "DIR", Required = true };
        var mergeLora = new Option<bool>("--merge-lora")
        {
            Description = "Merge the LoRA adapters into the weights, rounded to the stored type. Results can differ in the last digits.",
        };
        Option<int?> imageSize = ImageSize();
        var convert = new TeachingCommand(
            "convert",
            "Writes a model as one folder that loads without further options: safetensors with uniform names and layout, config.json with all sizes, and the "
            + "tokenizer. Keeps values and element types, so answers do not change. Needs memory for one tensor at a time.",
            Conversions) { folder, output, mergeLora, imageSize };
        StorageOptionSet storage = AddStorage(convert);
        convert.SetAction(async (result, cancellationToken) =>
        {
            using LocalCheckpoint files = await FetchAsync(result.GetRequiredValue(folder), storage.Bind(result, environment), cancellationToken);
            var options = new CheckpointConvertingOptions(
                files.Folder, result.GetRequiredValue(output), result.GetValue(mergeLora), result.GetValue(imageSize));
            return await new CheckpointConverting(environment).WriteAsync(options, cancellationToken);
        });
        return convert;
    }

    private static Argument<string> PathArgument() => new("PATH")
    {
        Description = "A .pth, .pt, .bin or .safetensors file, a phi-2 folder, or a folder with all parts of a model, converted or not. "
            + "Or the URI of a Blob container or a prefix in one; all of it is downloaded to the cache.",
    };

    private static StorageOptionSet AddStorage(TeachingCommand command)
    {
        var storage = new StorageOptionSet();
        foreach (Option option in storage.All)
            command.Add(option);
        return storage;
    }

    /// <summary>The checkpoint as local files.</summary>
    private static Task<LocalCheckpoint> FetchAsync(string path, StorageOptions storage, CancellationToken cancellationToken) =>
        new StorageAccess(storage).FetchCheckpointAsync(StorageLocation.Parse(path), cancellationToken);

    private static Option<int?> ImageSize()
    {
        var option = new Option<int?>("--image-size")
        {
            Description = "The image size the model will be used with. Default: from the configuration, else 448.",
            HelpName = "PIXELS",
        };
        option.Validators.Add(NumberRange.AtLeast(1));
        return option;
    }
}
