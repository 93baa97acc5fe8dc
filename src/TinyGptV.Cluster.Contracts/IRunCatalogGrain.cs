using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cluster.Contracts;

/// <summary>The entrance of the cluster: starts runs and lists them. One grain, key 0, on a coordinator silo.</summary>
/// <remarks>What may take long is a stream, also where it has one element: each call is short then, so that a lost silo costs seconds.</remarks>
[Alias("tinygptv.run-catalog")]
public interface IRunCatalogGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Starts a run, or continues it where it stopped. The manifest is made here, from the coordinator's benchmarks and from what
    /// the replicas publish of their model; a run with the same settings has the same default name.
    /// </summary>
    /// <param name="request">What to evaluate.</param>
    /// <param name="cancellationToken">Gives the request up; a run that was started goes on.</param>
    /// <returns>One element: the run, or why it was not started. Never throws for what a user can cause.</returns>
    /// <remarks>May take minutes: a benchmark of a million samples is read and hashed before the answer.</remarks>
    [Alias("start")]
    IAsyncEnumerable<RunStart> StartAsync(RunRequest request, CancellationToken cancellationToken);

    /// <summary>All runs of the coordinator's store, with where they stand.</summary>
    /// <param name="cancellationToken">Ends the listing early.</param>
    /// <returns>The runs in ordinal order of their names.</returns>
    /// <remarks>May take minutes: the predictions of runs that nobody works on are counted anew.</remarks>
    [Alias("list")]
    IAsyncEnumerable<RunProgress> ListAsync(CancellationToken cancellationToken);

    /// <summary>Takes up every run that should be under way and is not, because its coordinator died. A duty of coordinators.</summary>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <returns>Where each of them stands.</returns>
    [Alias("adopt")]
    IAsyncEnumerable<RunProgress> AdoptAsync(CancellationToken cancellationToken);
}
