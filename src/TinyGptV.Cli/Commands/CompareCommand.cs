using System.CommandLine;
using TinyGptV.Cli.Display;
using TinyGptV.Cli.Verbs;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cli.Commands;

/// <summary><c>tinygptv compare</c>.</summary>
internal sealed class CompareCommand : TeachingCommand
{
    private readonly Argument<string> _a = new("A") { Description = "The run to compare with." };
    private readonly Argument<string> _b = new("B") { Description = "The run that may be better or worse. Differences are B less A." };
    private readonly Option<string> _mode = RunOptions.Mode();
    private readonly Option<string?> _modeOfB = new("--mode-b") { Description = "The scoring mode of B. Default: that of A.", HelpName = "MODE" };
    private readonly Option<string[]> _benchmarks = new("--benchmarks")
    {
        Description = "The benchmarks to compare. Default: all that both runs have.",
        HelpName = "NAME",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    private readonly Option<int> _samples = new("--samples")
    {
        Description = "How many samples that changed are shown of each benchmark.",
        HelpName = "N",
        DefaultValueFactory = _ => 5,
    };

    private readonly Option<string?> _output = new("--output")
    {
        Description = "A folder for compare.md, compare.csv and compare-samples.csv, which lists every sample that changed.",
        HelpName = "DIR",
    };

    private readonly Option<string> _runs = RunOptions.Runs();
    private readonly Option<string> _format = RunOptions.Format();

    public CompareCommand(ProgramEnvironment environment) : base(
        "compare",
        "Compares two stored runs sample by sample: how far they differ, whether that is more than chance, which samples changed, and what difference these samples could have shown. "
        + "Needs no model and no images.",
        ("Whether a new checkpoint is better", "tinygptv compare before after"),
        ("All samples that changed, in files", "tinygptv compare before after --output ./before-after"),
        ("One run under two scoring modes", "tinygptv compare before before --mode tinygptv --mode-b official"))
    {
        _samples.Validators.Add(NumberRange.AtLeast(0));
        Add(_a);
        Add(_b);
        foreach (Option option in (Option[])[_mode, _modeOfB, _benchmarks, _samples, _output, _runs, _format])
            Add(option);
        SetAction((result, cancellationToken) => new StoredComparison(environment).WriteAsync(Bind(result), cancellationToken));
    }

    private StoredComparisonOptions Bind(ParseResult result)
    {
        string mode = result.GetRequiredValue(_mode);
        return new StoredComparisonOptions(
            (RunId.Parse(result.GetRequiredValue(_a)), mode),
            (RunId.Parse(result.GetRequiredValue(_b)), result.GetValue(_modeOfB) ?? mode),
            [.. result.GetRequiredValue(_benchmarks).SelectMany(names => names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Select(name => new BenchmarkName(name))],
            result.GetRequiredValue(_runs),
            result.GetValue(_output),
            result.GetValue(_samples),
            result.GetChoice<OutputFormat>(_format));
    }
}
