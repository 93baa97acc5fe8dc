using TinyGptV.Cli.Runs;

namespace TinyGptV.Cli.Commands;

/// <summary><c>tinygptv report</c>.</summary>
internal sealed class ReportCommand(ProgramEnvironment environment) : StoredRunCommand(
    "report",
    "Writes report.csv, report.md, report.html and predictions.csv from the stored predictions of a run, without model and images, and prints where they are. Files of another mode than the default one carry its name, as report.official.csv.",
    new StoredRun(environment).ReportAsync,
    ("The reports of a run, made again", "tinygptv report first-run"),
    ("In another scoring mode", "tinygptv report first-run --mode minigptv2"));
