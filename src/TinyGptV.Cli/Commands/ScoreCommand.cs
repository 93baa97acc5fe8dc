using TinyGptV.Cli.Verbs;

namespace TinyGptV.Cli.Commands;

/// <summary><c>tinygptv score</c>.</summary>
internal sealed class ScoreCommand(ProgramEnvironment environment) : StoredRunCommand(
    "score",
    "Scores the stored predictions of a run and prints the table, without model and images. A run that is under way or was interrupted is scored as far as it is.",
    new StoredRun(environment).ScoreAsync,
    ("The table of a run, as eval printed it", "tinygptv score first-run"),
    ("The same predictions under each benchmark's own rule", "tinygptv score first-run --mode official"));
