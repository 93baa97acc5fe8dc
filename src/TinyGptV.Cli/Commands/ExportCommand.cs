using System.CommandLine;
using TinyGptV.Cli.Verbs;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Submissions;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Cli.Commands;

/// <summary><c>tinygptv export</c>.</summary>
internal sealed class ExportCommand : TeachingCommand
{
    private readonly Argument<string> _run = CommandOptions.Run();
    private readonly Option<string> _format = SubmissionOptions.Format(SubmissionFormats.All);
    private readonly Option<string> _output = new("--output")
    {
        Description = "The file to write; an existing file is overwritten.",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<string?> _benchmark = new("--benchmark")
    {
        Description = "The benchmark, if the format fits several benchmarks of the run.",
        HelpName = "NAME",
    };

    private readonly Option<bool> _uncut = new("--uncut")
    {
        Description = "Write generated texts as stored. Default: only the model's own turn, which is what the official evaluation programs expect.",
    };

    private readonly Option<string> _mode = CommandOptions.Mode();
    private readonly Option<string> _runs = CommandOptions.Runs();

    public ExportCommand(ProgramEnvironment environment) : base(
        "export",
        "Writes the answers of a stored run in a benchmark's official submission format, or as a sample log of lm-evaluation-harness. "
        + "Samples without an answer are left out.",
        ("For GQA's official evaluation program", "tinygptv export first-run --format gqa --output predictions.json"),
        ("All answers unchanged, for another harness", "tinygptv export first-run --benchmark vsr --format lm-eval --output samples.jsonl"))
    {
        Add(_run);
        foreach (Option option in (Option[])[_format, _output, _benchmark, _uncut, _mode, _runs])
            Add(option);
        SetAction((result, cancellationToken) => new AnswerExport(environment).WriteAsync(Bind(result), cancellationToken));
    }

    private AnswerExportOptions Bind(ParseResult result) => new(
        RunId.Parse(result.GetRequiredValue(_run)),
        SubmissionFormats.ByName(result.GetRequiredValue(_format)),
        result.GetValue(_benchmark) is { } name ? new BenchmarkName(name) : null,
        result.GetRequiredValue(_output),
        result.GetValue(_uncut),
        result.GetRequiredValue(_mode),
        StorageLocation.Parse(result.GetRequiredValue(_runs)));
}
