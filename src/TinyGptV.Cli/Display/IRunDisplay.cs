using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cli.Display;

/// <summary>Shows the progress of a run.</summary>
internal interface IRunDisplay
{
    /// <summary>Shows snapshots until the sequence ends.</summary>
    /// <param name="snapshots">The progress of one run.</param>
    /// <param name="cancellationToken">Stops early.</param>
    /// <returns>The last snapshot; null if there was none.</returns>
    Task<RunProgress?> ShowAsync(IAsyncEnumerable<RunProgress> snapshots, CancellationToken cancellationToken);
}
