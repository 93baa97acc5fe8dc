using System.CommandLine;
using TinyGptV.Cli.Display;
using TinyGptV.Cli.Verbs;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Cli.Commands;

/// <summary>A command on one stored run: which run, from which folder, in which scoring mode.</summary>
internal abstract class StoredRunCommand : TeachingCommand
{
    private readonly Argument<string> _run = RunOptions.Run();
    private readonly Option<string> _mode = RunOptions.Mode();
    private readonly Option<string> _runs = RunOptions.Runs();
    private readonly Option<string> _format = RunOptions.Format();

    protected StoredRunCommand(
        string name, string description, Func<StoredRunOptions, CancellationToken, Task<int>> action, params (string, string)[] examples)
        : base(name, description, examples)
    {
        Add(_run);
        foreach (Option option in (Option[])[_mode, _runs, _format])
            Add(option);
        SetAction((result, cancellationToken) => action(Bind(result), cancellationToken));
    }

    /// <summary>The options as they were given.</summary>
    protected virtual StoredRunOptions Bind(ParseResult result) => new(
        RunId.Parse(result.GetRequiredValue(_run)),
        StorageLocation.Parse(result.GetRequiredValue(_runs)),
        result.GetRequiredValue(_mode),
        result.GetChoice<OutputFormat>(_format));
}
