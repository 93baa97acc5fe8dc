using System.Runtime.CompilerServices;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cluster.Client;

/// <summary>For clients: watches a run across the loss of silos.</summary>
public static class RunFollowing
{
    /// <summary>
    /// The progress of a run until it ends. When a silo is lost, this restarts the run on the next coordinator and goes on watching.
    /// Coordinators would restart it by themselves; a watcher does not wait for that.
    /// </summary>
    /// <param name="grains">The client.</param>
    /// <param name="run">A run that was started.</param>
    /// <param name="cancellationToken">Stops watching; the run goes on.</param>
    /// <returns>Progress snapshots, the last one in a phase that ends a run.</returns>
    public static async IAsyncEnumerable<RunProgress> FollowAsync(
        this IGrainFactory grains, RunId run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var grain = grains.GetGrain<IEvaluationRunGrain>(run.Value);
        var watching = grain.WatchAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        try
        {
            while (await MoveAsync(watching) is var moved and not false)
            {
                if (moved is true)
                    yield return watching.Current;
                else
                    watching = await AttachAsync(grain, cancellationToken);
            }
        }
        finally
        {
            await LeaveAsync(watching);
        }
    }

    /// <returns>Whether there is a next snapshot; null if the silo was lost.</returns>
    private static async Task<bool?> MoveAsync(IAsyncEnumerator<RunProgress> watching)
    {
        try
        {
            return await watching.MoveNextAsync();
        }
        catch (Exception exception) when (SiloLoss.Explains(exception))
        {
            return null;
        }
    }

    private static async Task LeaveAsync(IAsyncEnumerator<RunProgress> watching)
    {
        try
        {
            await watching.DisposeAsync();
        }
        catch (Exception exception) when (SiloLoss.Explains(exception))
        {
            // The silo is gone; there is nothing to release.
        }
    }

    private static async Task<IAsyncEnumerator<RunProgress>> AttachAsync(IEvaluationRunGrain grain, CancellationToken cancellationToken)
    {
        IAsyncEnumerator<RunProgress>? watching = null;
        await Polling.UntilAsync(TryAttachAsync, TimeProvider.System, cancellationToken);
        return watching!;

        async Task<bool> TryAttachAsync()
        {
            try
            {
                await grain.ContinueAsync(cancellationToken);
                watching = grain.WatchAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
                return true;
            }
            catch (Exception exception) when (SiloLoss.Explains(exception))
            {
                // Try the next silo.
                return false;
            }
        }
    }
}
