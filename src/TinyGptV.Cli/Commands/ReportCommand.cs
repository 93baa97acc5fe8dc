using System.CommandLine;
using TinyGptV.Cli.Verbs;
using TinyGptV.Evaluation.Reports.Files;

namespace TinyGptV.Cli.Commands;

/// <summary><c>tinygptv report</c>.</summary>
internal sealed class ReportCommand : RunScoringCommand
{
    private readonly Option<string?> _images = new("--images")
    {
        Description = "The folder of benchmarks, or its URL, where report.html first looks for images. Default: none; the reader of the report can choose one.",
        HelpName = "DIR|URL",
    };

    private readonly Option<string?> _output = new("--output")
    {
        Description = "Write only one file, here instead of beside the predictions; '-' is standard output.",
        HelpName = "FILE|-",
    };

    private readonly Option<string> _file = new Option<string>("--file")
    {
        Description = "The file that --output writes.",
        DefaultValueFactory = _ => "report.html",
    }.AcceptOnlyFromAmong([.. ReportFiles.Kinds]);

    public ReportCommand(ProgramEnvironment environment)
        : base(
            "report",
            "Writes report.csv, report.md, report.html and predictions.csv from the stored predictions of a run and prints their paths. Needs no model and no "
            + "images. For a non-default mode, file names contain the mode, as in report.official.csv.",
            new RunScoring(environment).ReportAsync,
            ("Write the reports of a run again", "tinygptv report first-run"),
            ("In another scoring mode", "tinygptv report first-run --mode minigptv2"),
            ("One file, from another machine", "tinygptv report first-run --output - > report.html"),
            ("With images in report.html", "tinygptv report first-run --images ~/benchmarks"))
    {
        Add(_images);
        Add(_output);
        Add(_file);
    }

    protected override RunScoringOptions Bind(ParseResult result) => base.Bind(result) with
    {
        Images = result.GetValue(_images),
        Output = result.GetValue(_output),
        File = result.GetRequiredValue(_file),
    };
}
