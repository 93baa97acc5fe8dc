using System.CommandLine;
using TinyGptV.Cli.Display;
using TinyGptV.Cli.Verbs;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Cli.Commands;

/// <summary><c>tinygptv compare</c>.</summary>
internal sealed class CompareCommand : TeachingCommand
{
    private readonly Argument<string> _a = new("A") { Description = "The baseline run." };
    private readonly Argument<string> _b = new("B") { Description = "The run to compare with it. Differences are B minus A." };
    private readonly Option<string> _mode = CommandOptions.Mode();
    private readonly Option<string?> _modeOfB = new("--mode-b") { Description = "The scoring mode of B. Default: the same as for A.", HelpName = "MODE" };
    private readonly Option<string[]> _benchmarks = new("--benchmarks")
    {
        Description = "The benchmarks to compare. Default: all that both runs have.",
        HelpName = "NAME",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    private readonly Option<int> _samples = new("--samples")
    {
        Description = "How many changed samples to show per benchmark.",
        HelpName = "N",
        DefaultValueFactory = _ => 5,
    };

    private readonly Option<string?> _output = new("--output")
    {
        Description = "A folder for compare.md, compare.csv and compare-samples.csv, which lists every changed sample.",
        HelpName = "DIR",
    };

    private readonly Option<string> _runs = CommandOptions.Runs();
    private readonly Option<string> _format = CommandOptions.Format();

    public CompareCommand(ProgramEnvironment environment) : base(
        "compare",
        "Compares two stored runs sample by sample: how much they differ, whether the difference is statistically significant, which samples changed, and what "
        + "difference this many samples could have detected. Needs no model and no images.",
        ("Is a new checkpoint better?", "tinygptv compare before after"),
        ("Write all changed samples to files", "tinygptv compare before after --output ./before-after"),
        ("One run under two scoring modes", "tinygptv compare before before --mode tinygptv --mode-b official"))
    {
        _samples.Validators.Add(NumberRange.AtLeast(0));
        Add(_a);
        Add(_b);
        foreach (Option option in (Option[])[_mode, _modeOfB, _benchmarks, _samples, _output, _runs, _format])
            Add(option);
        SetAction((result, cancellationToken) => new RunComparing(environment).WriteAsync(Bind(result), cancellationToken));
    }

    private RunComparingOptions Bind(ParseResult result)
    {
        string mode = result.GetRequiredValue(_mode);
        return new RunComparingOptions(
            (RunId.Parse(result.GetRequiredValue(_a)), mode),
            (RunId.Parse(result.GetRequiredValue(_b)), result.GetValue(_modeOfB) ?? mode),
            [.. result.GetRequiredValue(_benchmarks).SelectMany(CommandOptions.SplitNames).Select(name => new BenchmarkName(name))],
            StorageLocation.Parse(result.GetRequiredValue(_runs)),
            result.GetValue(_output),
            result.GetValue(_samples),
            result.GetChoice<OutputFormat>(_format));
    }
}
