using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cli.Display;

/// <summary>Shows people how a run goes on.</summary>
internal interface IRunDisplay
{
    /// <summary>Shows snapshots until there are no more.</summary>
    /// <param name="snapshots">The progress of one run.</param>
    /// <param name="cancellationToken">Ends the showing early.</param>
    /// <returns>The last snapshot; null if there was none.</returns>
    Task<RunProgress?> ShowAsync(IAsyncEnumerable<RunProgress> snapshots, CancellationToken cancellationToken);
}
