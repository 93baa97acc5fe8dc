using TinyGptV.Cli.Verbs;

namespace TinyGptV.Cli.Commands;

/// <summary><c>tinygptv score</c>.</summary>
internal sealed class ScoreCommand(ProgramEnvironment environment) : RunScoringCommand(
    "score",
    "Scores the stored predictions of a run and prints the table. Needs no model and no images. For an unfinished run, scores the predictions so far.",
    new RunScoring(environment).ScoreAsync,
    ("The table of a run, as printed by eval", "tinygptv score first-run"),
    ("The same predictions under the official rules", "tinygptv score first-run --mode official"));
