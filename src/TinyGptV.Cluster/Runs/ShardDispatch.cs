using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TinyGptV.Cluster.Hosting;
using TinyGptV.Evaluation.Inference;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Sharding;

namespace TinyGptV.Cluster.Runs;

/// <summary>
/// Moves shards between ledger, replicas and store until a run is complete: one loop for each live replica, a few shards in flight
/// in each. All of it runs in turns of the run's grain; nothing here is called concurrently.
/// </summary>
internal sealed partial class ShardDispatch(
    IRunStore store,
    ReplicaDiscovery discovery,
    EvaluationInstruments instruments,
    IOptions<EvaluationClusterOptions> options,
    TimeProvider timeProvider,
    ILogger<ShardDispatch> logger)
{
    /// <summary>Returns when every shard has stored predictions. Replicas come and go meanwhile; with none of them the run waits.</summary>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    /// <exception cref="Exception">The store cannot be written; what is stored stays.</exception>
    public async Task RunAsync(RunInWork run, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var crew = new ReplicaCrew(new ReplicaPauses(options.Value, timeProvider));
        try
        {
            while (!run.Ledger.IsComplete && !stop.IsCancellationRequested)
            {
                crew.DeclareGone(discovery.IsGone);
                foreach (string replica in discovery.FindLive().Where(crew.MayStart))
                    StartLoop(run, crew, replica, stop);
                await crew.WhenAnyEndsAsync(Task.Delay(options.Value.DiscoveryInterval, timeProvider, stop.Token));
            }
        }
        finally
        {
            await stop.CancelAsync();
            await crew.WhenAllEndAsync();
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    private void StartLoop(RunInWork run, ReplicaCrew crew, string replica, CancellationTokenSource stop)
    {
        if (discovery.FindSiloOf(replica) is not { } silo)
            return;
        var seat = new ReplicaSeat(replica, silo, stop.Token);
        crew.Start(seat, ServeAsync(run, crew, seat, stop));
    }

    private async Task ServeAsync(RunInWork run, ReplicaCrew crew, ReplicaSeat seat, CancellationTokenSource stop)
    {
        if (!await IsUsableAsync(run, crew, seat))
        {
            crew.Pauses.Failed(seat.Replica);
            return;
        }

        run.Join(seat.Replica);
        instruments.ReplicaJoined();
        LogJoined(logger, run.Manifest.Run, seat.Replica);
        try
        {
            await Task.WhenAll(Enumerable.Range(0, options.Value.ShardsInFlight).Select(_ => KeepBusyAsync(run, crew, seat, stop)));
        }
        finally
        {
            run.Leave(seat.Replica);
            instruments.ReplicaLeft();
        }
    }

    private async Task<bool> IsUsableAsync(RunInWork run, ReplicaCrew crew, ReplicaSeat seat)
    {
        if (await discovery.TryDescribeAsync(seat.Replica, seat.Gone) is not { } identity)
            return false;
        bool usable = identity.GivesSameNumbersAs(run.Manifest.Model);
        if (!usable && crew.IsNewStranger(seat.Replica))
            LogStranger(logger, run.Manifest.Run, seat.Replica, identity.Name, run.Manifest.Model.Name);
        return usable;
    }

    private async Task KeepBusyAsync(RunInWork run, ReplicaCrew crew, ReplicaSeat seat, CancellationTokenSource stop)
    {
        try
        {
            while (!run.Ledger.IsComplete && MayTakeMore(seat))
            {
                Task changed = run.Changed.Next;
                if (run.Ledger.TryLease(seat.Replica) is { } lease)
                    await EvaluateAsync(run, crew, seat, lease, stop.Token);
                else
                    await changed.WaitAsync(seat.Gone).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            }
        }
        catch
        {
            // Only the store, or a bug, ends here: no other loop may go on as if nothing had happened.
            await stop.CancelAsync();
            throw;
        }
    }

    /// <summary>
    /// After a loss the replica's other shards are finished if they can be, and it is asked anew who it is before it gets more. One
    /// that shuts down finishes what it has.
    /// </summary>
    private bool MayTakeMore(ReplicaSeat seat) =>
        !seat.IsLost && !seat.Gone.IsCancellationRequested && seat.Silo.Equals(discovery.FindSiloOf(seat.Replica));

    private async Task EvaluateAsync(RunInWork run, ReplicaCrew crew, ReplicaSeat seat, ShardLease lease, CancellationToken cancellationToken)
    {
        Shard shard = run.Shards[lease.Shard.Value];
        ImmutableArray<Prediction> predictions;
        long begin = timeProvider.GetTimestamp();
        try
        {
            var stream = discovery.Reach(seat.Replica).EvaluateAsync(run.Assign(shard), seat.Gone);
            // Not even the goodbye to a stream of a silo that is gone is waited for.
            predictions = await ShardCollection.CollectAsync(shard, stream, prediction => run.Arrived(lease, prediction), seat.Gone).WaitAsync(seat.Gone);
        }
        catch (Exception exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            // A silo that is gone, a call that timed out, a model that broke: which it was is for people; the shard goes elsewhere.
            if (seat.Lose())
                crew.Pauses.Failed(seat.Replica);
            await ReturnAsync(run, lease, seat.Explain(exception), cancellationToken);
            return;
        }

        crew.Pauses.Succeeded(seat.Replica);
        instruments.ShardEvaluated(seat.Replica, timeProvider.GetElapsedTime(begin));
        await StoreAsync(run, shard, predictions, cancellationToken);
    }

    private async Task ReturnAsync(RunInWork run, ShardLease lease, Exception loss, CancellationToken cancellationToken)
    {
        LogLost(logger, loss, run.Manifest.Run, lease.Replica, lease.Shard, lease.Attempt);
        instruments.ShardReturned(lease.Replica);
        if (run.Return(lease, $"Replica {lease.Replica}: {loss.Message}") != ShardState.GivenUp)
            return;
        LogGivenUp(logger, run.Manifest.Run, lease.Shard, lease.Attempt);
        instruments.ShardGivenUp();
        Shard shard = run.Shards[lease.Shard.Value];
        var failure = new SampleFailure(SampleFailureKind.ReplicasLost,
            $"Replicas were lost {lease.Attempt} times with the shard of this sample. See the coordinator's log, and start a new run.");
        await StoreAsync(
            run, shard, [.. shard.Samples.Select(sample => SampleEvaluation.Failed(run.DefinitionOf(shard), sample, failure))], cancellationToken);
    }

    private async Task StoreAsync(RunInWork run, Shard shard, ImmutableArray<Prediction> predictions, CancellationToken cancellationToken)
    {
        byte[] lines = PredictionLines.Write(predictions);
        bool written = await store.TryWriteShardAsync(run.Manifest.Run, shard.Index, lines, cancellationToken);
        // Whoever wrote first counts: after a partition another coordinator may have been quicker.
        var stored = written
            ? PredictionLines.Outline(lines, $"shard {shard.Index}")
            : (await store.ReadShardAsync(run.Manifest.Run, shard.Index, cancellationToken)).Outlines();
        run.Complete(shard, stored);
        if (written)
            instruments.ShardCompleted(shard.Benchmark, stored);
    }
}
