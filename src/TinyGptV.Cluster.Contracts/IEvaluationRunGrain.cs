using Orleans.Concurrency;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cluster.Contracts;

/// <summary>
/// One run: gives its shards to replicas, stores their predictions and publishes progress. The key is the run's name. The grain
/// lives on a coordinator silo. Its state can be lost at any time; it is rebuilt from the run's store.
/// </summary>
[Alias("tinygptv.evaluation-run")]
public interface IEvaluationRunGrain : IGrainWithStringKey
{
    /// <summary>
    /// Starts or continues the run whose manifest is in the store, even if it was paused or cancelled, or failed. Does nothing if the
    /// run is active or complete.
    /// </summary>
    /// <param name="priority">Runs of higher priority get replicas first; null keeps the run's priority, 0 for a new run.</param>
    /// <param name="cancellationToken">Cancels the request; a run that was started goes on.</param>
    /// <returns>The run's progress.</returns>
    [Alias("resume")]
    Task<RunProgress> ResumeAsync(int? priority, CancellationToken cancellationToken);

    /// <summary>
    /// Asks the failed samples of the run again: starts it like <see cref="ResumeAsync"/>, even if it is complete. If that was interrupted, it is
    /// continued. A run that is active goes on as it is.
    /// </summary>
    /// <param name="priority">Runs of higher priority get replicas first; null keeps the run's priority.</param>
    /// <param name="cancellationToken">Cancels the request; a run that was started goes on.</param>
    /// <returns>The run's progress.</returns>
    [Alias("retry")]
    Task<RunProgress> RetryAsync(int? priority, CancellationToken cancellationToken);

    /// <summary>
    /// Restarts the run if it should be active but is not because its coordinator died. Does nothing to a run that was paused or
    /// cancelled, or has ended.
    /// </summary>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The run's progress.</returns>
    [Alias("continue")]
    Task<RunProgress> ContinueAsync(CancellationToken cancellationToken);

    /// <summary>The run's progress.</summary>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The progress.</returns>
    [Alias("progress")]
    [AlwaysInterleave]
    Task<RunProgress> GetProgressAsync(CancellationToken cancellationToken);

    /// <summary>The progress of the run, now and at every change, until it ends. A slow reader misses intermediate snapshots.</summary>
    /// <param name="cancellationToken">Stops watching; the run goes on.</param>
    /// <returns>Progress snapshots, the last one in a phase that ends a run.</returns>
    [Alias("watch")]
    [AlwaysInterleave]
    IAsyncEnumerable<RunProgress> WatchAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Gives out no more shards; those in flight are finished. The run stays paused, even if silos die, until <see cref="ResumeAsync"/>
    /// continues it. Watchers stay connected.
    /// </summary>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The run's progress. The phase is paused once nothing is in flight.</returns>
    [Alias("pause")]
    Task<RunProgress> PauseAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Stops the run at once. Stored predictions are kept, and the run stays cancelled, even if silos die, until
    /// <see cref="ResumeAsync"/> continues it. Does nothing if it is complete.
    /// </summary>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>A task that ends when nothing is in flight.</returns>
    [Alias("cancel")]
    Task CancelAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Scores the predictions so far and writes <c>report.csv</c>, <c>report.md</c>, <c>report.html</c> and <c>predictions.csv</c> to the
    /// run's store. A run that completes does this by itself, in the default mode.
    /// </summary>
    /// <param name="mode">The scoring mode, for example <c>tinygptv</c>.</param>
    /// <param name="cancellationToken">Cancels the request; each file is then either the old one or the new one.</param>
    /// <returns>One element: the report, or why there is none. Does not throw for user errors.</returns>
    /// <remarks>May take minutes, as it reads every prediction of the run. The stream keeps each call short, so a lost silo costs seconds.</remarks>
    [Alias("report")]
    [AlwaysInterleave]
    IAsyncEnumerable<RunReport> ReportAsync(string mode, CancellationToken cancellationToken);
}
