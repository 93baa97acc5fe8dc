using System.CommandLine;
using TinyGptV.Cli.Display;
using TinyGptV.Cli.Verbs;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Cli.Commands;

/// <summary>A command that scores one stored run: the run, its folder and the scoring mode.</summary>
internal abstract class RunScoringCommand : TeachingCommand
{
    private readonly Argument<string> _run = CommandOptions.Run();
    private readonly Option<string> _mode = CommandOptions.Mode();
    private readonly Option<string> _runs = CommandOptions.Runs();
    private readonly Option<string> _format = CommandOptions.Format();

    protected RunScoringCommand(
        string name, string description, Func<RunScoringOptions, CancellationToken, Task<int>> action, params (string, string)[] examples)
        : base(name, description, examples)
    {
        Add(_run);
        foreach (Option option in (Option[])[_mode, _runs, _format])
            Add(option);
        SetAction((result, cancellationToken) => action(Bind(result), cancellationToken));
    }

    /// <summary>The options from the command line.</summary>
    protected virtual RunScoringOptions Bind(ParseResult result) => new(
        RunId.Parse(result.GetRequiredValue(_run)),
        StorageLocation.Parse(result.GetRequiredValue(_runs)),
        result.GetRequiredValue(_mode),
        result.GetChoice<OutputFormat>(_format));
}
