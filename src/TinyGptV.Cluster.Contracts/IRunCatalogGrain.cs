using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cluster.Contracts;

/// <summary>Entry point of the cluster: starts runs and lists them. One grain, key 0, on a coordinator silo.</summary>
/// <remarks>Slow methods are streams, even those with one element. This keeps each call short, so a lost silo costs seconds.</remarks>
[Alias("tinygptv.run-catalog")]
public interface IRunCatalogGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Starts a run, or continues it where it stopped. The manifest is made here, from the coordinator's benchmarks and the replicas' model.
    /// A run with the same settings gets the same default name.
    /// </summary>
    /// <param name="request">What to evaluate.</param>
    /// <param name="cancellationToken">Cancels the request; a run that was started goes on.</param>
    /// <returns>One element: the run, or why it was not started. Does not throw for user errors.</returns>
    /// <remarks>May take minutes: the benchmarks, up to a million samples, are read and hashed first.</remarks>
    [Alias("start")]
    IAsyncEnumerable<RunStart> StartAsync(RunRequest request, CancellationToken cancellationToken);

    /// <summary>All runs of the coordinator's store, with their progress.</summary>
    /// <param name="cancellationToken">Stops the listing.</param>
    /// <returns>The runs in ordinal order of their names.</returns>
    /// <remarks>May take minutes: the predictions of inactive runs are counted again.</remarks>
    [Alias("list")]
    IAsyncEnumerable<RunProgress> ListAsync(CancellationToken cancellationToken);

    /// <summary>Restarts every run that should be active but is not because its coordinator died. Coordinators call this.</summary>
    /// <param name="cancellationToken">Stops early.</param>
    /// <returns>The progress of each of these runs.</returns>
    [Alias("adopt")]
    IAsyncEnumerable<RunProgress> AdoptAsync(CancellationToken cancellationToken);
}
