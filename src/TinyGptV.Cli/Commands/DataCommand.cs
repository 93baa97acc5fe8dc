using System.CommandLine;
using TinyGptV.Cli.SampleSet;
using TinyGptV.Evaluation;

namespace TinyGptV.Cli.Commands;

/// <summary><c>tinygptv data</c>.</summary>
internal sealed class DataCommand : TeachingCommand
{
    private static readonly (string, string)[] Examples =
    [
        ("The set that is shipped, made again", "tinygptv data sample --output ./samples"),
        ("Another set, and its evaluation", "tinygptv data sample --output ./samples --seed 7 && tinygptv eval --data ./samples"),
    ];

    public DataCommand(ProgramEnvironment environment) : base("data", "Makes benchmark data.", Examples)
    {
        var output = new Option<string>("--output") { Description = "The folder to write to; files of the same names are replaced.", HelpName = "DIR", Required = true };
        var seed = new Option<ulong>("--seed") { Description = "The number that the pictures and questions are made from.", HelpName = "N", DefaultValueFactory = _ => SampleSetGenerator.DefaultSeed };
        var sample = new TeachingCommand(
            "sample",
            "Draws the sample benchmarks: small pictures with questions about shapes, colours, counts and places, in the official layouts of GQA, VSR and IconQA. The same seed gives the same bytes.",
            Examples) { output, seed };
        sample.SetAction(result => Write(environment, result.GetRequiredValue(output), result.GetValue(seed)));
        Add(sample);
    }

    private static int Write(ProgramEnvironment environment, string folder, ulong seed)
    {
        try
        {
            int files = SampleSetGenerator.Write(folder, seed);
            environment.Output.WriteLine($"{files} files written to {folder}. Evaluate them with: tinygptv eval --data {folder}");
            return ExitCode.Success;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PrerequisiteException($"Cannot write to '{folder}': {exception.Message} Choose another folder with --output.", exception);
        }
    }
}
