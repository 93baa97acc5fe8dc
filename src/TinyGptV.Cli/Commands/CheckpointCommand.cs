using System.CommandLine;
using TinyGptV.Cli.Checkpoints;
using TinyGptV.Cli.Display;

namespace TinyGptV.Cli.Commands;

/// <summary><c>tinygptv checkpoint</c>.</summary>
internal sealed class CheckpointCommand : TeachingCommand
{
    private static readonly (string, string)[] Examples =
    [
        ("All parts of a model's folder", "tinygptv checkpoint inspect ./checkpoints"),
        ("Every tensor of one file", "tinygptv checkpoint inspect ./checkpoints/eva_vit_g.pth --tensors"),
    ];

    public CheckpointCommand(ProgramEnvironment environment) : base("checkpoint", "Looks into checkpoint files.", Examples)
    {
        var path = new Argument<string>("PATH") { Description = "A .pth, .pt, .bin or .safetensors file, a phi-2 folder, or a folder with all parts of a model." };
        var tensors = new Option<bool>("--tensors") { Description = "List every tensor instead of counting them by the beginning of their names." };
        Option<string> format = RunOptions.Format();
        var inspect = new TeachingCommand(
            "inspect",
            "Shows what a checkpoint holds, from its headers alone: kind of file, tensors, types, number of parameters, beginnings of names, stored configuration.",
            Examples) { path, tensors, format };
        inspect.SetAction((result, cancellationToken) => new CheckpointInspection(environment).WriteAsync(
            new CheckpointInspectionOptions(result.GetRequiredValue(path), result.GetValue(tensors), result.GetChoice<OutputFormat>(format)), cancellationToken));
        Add(inspect);
    }
}
