using System.CommandLine;
using TinyGptV.Cli.Verbs;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Submissions;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Cli.Commands;

/// <summary><c>tinygptv import</c>.</summary>
internal sealed class ImportCommand : TeachingCommand
{
    private readonly Argument<string> _file = new("FILE") { Description = "The file with the answers." };
    private readonly Option<string> _format = SubmissionOptions.Format(SubmissionFormats.Importable);

    private readonly Option<string> _benchmark = new("--benchmark")
    {
        Description = "The benchmark the answers belong to.",
        HelpName = "NAME",
        Required = true,
    };

    private readonly Option<string?> _system = new("--system")
    {
        Description = "The name of the system that answered. Default: the file name.",
        HelpName = "NAME",
    };

    private readonly Option<string?> _run = new("--run")
    {
        Description = "The name of the run. Default: derived from file and benchmark.",
        HelpName = "NAME",
    };

    private readonly Option<string?> _data = CommandOptions.Data();
    private readonly Option<string> _runs = CommandOptions.Runs();

    public ImportCommand(ProgramEnvironment environment) : base(
        "import",
        "Creates a stored run from another system's answers, so that score, report and compare work on them. Reads a benchmark's official submission format, "
        + "or a log of a common harness. Every sample of the benchmark is accounted for; missing, unknown and duplicate ids are reported.",
        ("Another model's answers to GQA, scored by GQA's rules",
            "tinygptv import predictions.json --format gqa --benchmark gqa --data ./benchmarks --system LLaVA-1.5 --run llava "
            + "&& tinygptv score llava --mode official"))
    {
        Add(_file);
        foreach (Option option in (Option[])[_format, _benchmark, _system, _run, _data, _runs])
            Add(option);
        SetAction((result, cancellationToken) => new AnswerImport(environment).RunAsync(Bind(result, environment), cancellationToken));
    }

    private AnswerImportOptions Bind(ParseResult result, ProgramEnvironment environment) => new(
        result.GetRequiredValue(_file),
        SubmissionFormats.ImportableByName(result.GetRequiredValue(_format)),
        new BenchmarkName(result.GetRequiredValue(_benchmark)),
        result.GetValue(_system) ?? Path.GetFileName(result.GetRequiredValue(_file)),
        result.GetValue(_run) is { } run ? RunId.Parse(run) : null,
        StorageLocation.Parse(result.GetValue(_data) ?? environment.SampleBenchmarks),
        StorageLocation.Parse(result.GetRequiredValue(_runs)));
}
