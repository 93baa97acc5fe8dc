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
    private readonly Option<string> _format = SubmissionOptions.Format();
    private readonly Option<string> _benchmark = new("--benchmark") { Description = "The benchmark that was answered.", HelpName = "NAME", Required = true };
    private readonly Option<string?> _system = new("--system") { Description = "What the system is called that answered. Default: the file's name.", HelpName = "NAME" };
    private readonly Option<string?> _run = new("--run") { Description = "The run's name. Default: made from file and benchmark.", HelpName = "NAME" };
    private readonly Option<string?> _data = RunOptions.Data();
    private readonly Option<string> _runs = RunOptions.Runs();

    public ImportCommand(ProgramEnvironment environment) : base(
        "import",
        "Makes a stored run of answers that another system gave, from a file in the format in which a benchmark takes submissions or from a samples log of lm-evaluation-harness, "
        + "so that score, report and compare work on it. Every sample of the benchmark is accounted for; ids that are missing, unknown or repeated are reported.",
        ("Another model's answers to GQA, scored as GQA does", "tinygptv import predictions.json --format gqa --benchmark gqa --data ./benchmarks --system LLaVA-1.5 --run llava && tinygptv score llava --mode official"))
    {
        Add(_file);
        foreach (Option option in (Option[])[_format, _benchmark, _system, _run, _data, _runs])
            Add(option);
        SetAction((result, cancellationToken) => new AnswerImport(environment).RunAsync(Bind(result, environment), cancellationToken));
    }

    private AnswerImportOptions Bind(ParseResult result, ProgramEnvironment environment) => new(
        result.GetRequiredValue(_file),
        SubmissionFormats.ByName(result.GetRequiredValue(_format)),
        new BenchmarkName(result.GetRequiredValue(_benchmark)),
        result.GetValue(_system) ?? Path.GetFileName(result.GetRequiredValue(_file)),
        result.GetValue(_run) is { } run ? RunId.Parse(run) : null,
        StorageLocation.Parse(result.GetValue(_data) ?? environment.SampleBenchmarks),
        StorageLocation.Parse(result.GetRequiredValue(_runs)));
}
