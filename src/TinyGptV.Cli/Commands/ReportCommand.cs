using System.CommandLine;
using TinyGptV.Cli.Verbs;

namespace TinyGptV.Cli.Commands;

/// <summary><c>tinygptv report</c>.</summary>
internal sealed class ReportCommand : StoredRunCommand
{
    private readonly Option<string?> _images = new("--images")
    {
        Description = "The folder of benchmarks, or its address: where report.html looks for pictures at first. Default: nowhere, until its reader says where.",
        HelpName = "DIR|URL",
    };

    public ReportCommand(ProgramEnvironment environment)
        : base(
            "report",
            "Writes report.csv, report.md, report.html and predictions.csv from the stored predictions of a run, without model and images, and prints where they "
            + "are. Files of another mode than the default one carry its name, as report.official.csv.",
            new StoredRun(environment).ReportAsync,
            ("The reports of a run, made again", "tinygptv report first-run"),
            ("In another scoring mode", "tinygptv report first-run --mode minigptv2"),
            ("With pictures in report.html", "tinygptv report first-run --images ~/benchmarks"))
    {
        Add(_images);
    }

    protected override StoredRunOptions Bind(ParseResult result) => base.Bind(result) with { Images = result.GetValue(_images) };
}
