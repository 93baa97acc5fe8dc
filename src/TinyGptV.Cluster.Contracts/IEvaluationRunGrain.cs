using Orleans.Concurrency;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cluster.Contracts;

/// <summary>
/// One run: shards its benchmarks, keeps every replica busy, stores predictions, publishes progress. The key is the run's name; it
/// lives on a coordinator silo. Its state can be lost at any time: it is rebuilt from the run's store.
/// </summary>
[Alias("tinygptv.evaluation-run")]
public interface IEvaluationRunGrain : IGrainWithStringKey
{
    /// <summary>
    /// Begins or continues the run whose manifest is in the store, also one that was paused or cancelled, or failed. Harmless if it is
    /// under way or complete.
    /// </summary>
    /// <param name="priority">Runs of higher priority get replicas first; null for the one it had, at first 0.</param>
    /// <param name="cancellationToken">Gives the request up; a run that was begun goes on.</param>
    /// <returns>Where the run stands.</returns>
    [Alias("resume")]
    Task<RunProgress> ResumeAsync(int? priority, CancellationToken cancellationToken);

    /// <summary>
    /// Takes the run up if it should be under way and is not, because its coordinator died; does nothing to a run that was paused or
    /// cancelled, or has ended.
    /// </summary>
    /// <param name="cancellationToken">Gives the request up.</param>
    /// <returns>Where the run stands.</returns>
    [Alias("continue")]
    Task<RunProgress> ContinueAsync(CancellationToken cancellationToken);

    /// <summary>Where the run stands.</summary>
    /// <param name="cancellationToken">Gives the request up.</param>
    /// <returns>The progress.</returns>
    [Alias("progress")]
    [AlwaysInterleave]
    Task<RunProgress> GetProgressAsync(CancellationToken cancellationToken);

    /// <summary>The progress of the run, now and at every change, until it has ended. Snapshots nobody waited for are skipped.</summary>
    /// <param name="cancellationToken">Ends the watching; the run goes on.</param>
    /// <returns>Progress snapshots, the last one in a phase that ends a run.</returns>
    [Alias("watch")]
    [AlwaysInterleave]
    IAsyncEnumerable<RunProgress> WatchAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Gives out no more shards; those under way are finished. The run stays paused, whatever dies, until <see cref="ResumeAsync"/>
    /// continues it; those who watch it go on watching.
    /// </summary>
    /// <param name="cancellationToken">Gives the request up.</param>
    /// <returns>Where the run stands; it is paused when what is under way is finished.</returns>
    [Alias("pause")]
    Task<RunProgress> PauseAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Stops the run at once. What is stored stays, and the run stays cancelled, whatever dies, until <see cref="ResumeAsync"/>
    /// continues it. Harmless if it is complete.
    /// </summary>
    /// <param name="cancellationToken">Gives the request up.</param>
    /// <returns>A task that ends when nothing is under way any more.</returns>
    [Alias("cancel")]
    Task CancelAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Scores what is predicted so far and writes <c>report.csv</c>, <c>report.md</c>, <c>report.html</c> and <c>predictions.csv</c> into the run's
    /// store. A run that completes does so by itself in the default mode.
    /// </summary>
    /// <param name="mode">The scoring mode, for example <c>tinygptv</c>.</param>
    /// <param name="cancellationToken">Gives the request up; each file is either the old or the new one then.</param>
    /// <returns>One element: the report, or why there is none. Never throws for what a user can cause.</returns>
    /// <remarks>May take minutes, for every prediction of the run is read; a stream keeps each call short, so that a lost silo costs seconds.</remarks>
    [Alias("report")]
    [AlwaysInterleave]
    IAsyncEnumerable<RunReport> ReportAsync(string mode, CancellationToken cancellationToken);
}
