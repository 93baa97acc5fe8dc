using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TinyGptV.Cluster.Configuration;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Cluster.Replicas;
using TinyGptV.Cluster.Telemetry;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Inference;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Sharding;

namespace TinyGptV.Cluster.Dispatch;

/// <summary>
/// Moves work between ledger, replicas and store until a run is complete: one loop for each live replica, a few leases in flight
/// in each. All of it runs in turns of the run's grain; nothing here is called concurrently.
/// </summary>
internal sealed partial class ShardDispatch(
    IRunStore store,
    ReplicaDiscovery discovery,
    ReplicaSlots slots,
    EvaluationInstruments instruments,
    IOptions<EvaluationClusterOptions> options,
    TimeProvider timeProvider,
    ILogger<ShardDispatch> logger)
{
    /// <summary>
    /// Returns when every shard has stored predictions, or when the run winds down and nothing is in flight any more. Replicas come and
    /// go meanwhile; with none of them the run waits.
    /// </summary>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    /// <exception cref="PrerequisiteException">Every replica fails whatever it is given.</exception>
    /// <exception cref="Exception">The store cannot be written; what is stored stays.</exception>
    public async Task RunAsync(RunInWork run, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var crew = new ReplicaCrew(new ReplicaPauses(options.Value, timeProvider));
        instruments.RunBegins(run.Manifest.Run, crew.Pauses);
        try
        {
            while (IsUnderWay(run) && !stop.IsCancellationRequested)
            {
                crew.DeclareGone(discovery.IsGone);
                foreach (string replica in discovery.FindLive().Where(replica => MayTakeMore(run) && crew.MayStart(replica)))
                    StartLoop(run, crew, replica, stop);
                instruments.QueueIs(run.Manifest.Run, run.Ledger.SamplesWaiting);
                await crew.WhenAnyEndsAsync(Task.Delay(options.Value.DiscoveryInterval, timeProvider, stop.Token));
                // Whoever found nothing to do may find that somebody is late by now.
                run.WorkChanged.Raise();
            }
        }
        finally
        {
            await stop.CancelAsync();
            await crew.WhenAllEndAsync();
            instruments.RunEnds(run.Manifest.Run);
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    private static bool MayTakeMore(RunInWork run) => !run.Ledger.IsComplete && !run.WindingDown.IsCancellationRequested;

    private static bool IsUnderWay(RunInWork run) => MayTakeMore(run) || (!run.Ledger.IsComplete && run.Ledger.Leases > 0);

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
            return;

        run.Join(seat.Replica);
        instruments.ReplicaJoined();
        LogJoined(logger, run.Manifest.Run, seat.Replica);
        try
        {
            // One more than there are places: a run that wants to go on has its claim in before a place is given away.
            await Task.WhenAll(Enumerable.Range(0, options.Value.ShardsInFlight + 1).Select(_ => KeepBusyAsync(run, crew, seat, stop)));
        }
        finally
        {
            run.Leave(seat.Replica);
            instruments.ReplicaLeft();
        }
    }

    private async Task<bool> IsUsableAsync(RunInWork run, ReplicaCrew crew, ReplicaSeat seat)
    {
        var (answered, model) = await discovery.TryDescribeAsync(seat.Replica, seat.Gone);
        if (!answered)
        {
            crew.Pauses.Failed(seat.Replica);
            return false;
        }

        if (model is not null && model.GivesSameNumbersAs(run.Manifest.Model))
            return true;
        // It may have the run's model at any time: switched back to it, or loaded.
        crew.Pauses.Unusable(seat.Replica);
        if (model is not null && crew.IsNewStranger(seat.Replica))
            LogStranger(logger, run.Manifest.Run, seat.Replica, model.Name, run.Manifest.Model.Name);
        return false;
    }

    private async Task KeepBusyAsync(RunInWork run, ReplicaCrew crew, ReplicaSeat seat, CancellationTokenSource stop)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(seat.Gone, run.WindingDown);
        try
        {
            while (MayTakeMore(run) && MayTakeMore(seat))
            {
                Task changed = run.WorkChanged.Next;
                if (!await TryWorkAsync(run, crew, seat, giveUp.Token, stop.Token))
                    await changed.WaitAsync(giveUp.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            }
        }
        catch
        {
            // Only the store, a run without outlook, or a bug, ends here: no other loop may go on as if nothing had happened.
            await stop.CancelAsync();
            throw;
        }
    }

    /// <summary>
    /// After a loss the replica's other leases are finished if they can be, and it is asked anew who it is before it gets more. One
    /// that shuts down finishes what it has.
    /// </summary>
    private bool MayTakeMore(ReplicaSeat seat) =>
        !seat.IsLost && !seat.Gone.IsCancellationRequested && seat.Silo.Equals(discovery.FindSiloOf(seat.Replica));

    /// <returns>False if there was nothing to do.</returns>
    private async Task<bool> TryWorkAsync(RunInWork run, ReplicaCrew crew, ReplicaSeat seat, CancellationToken giveUp, CancellationToken stop)
    {
        // The run's other loops may have done everything while this one waited for its turn.
        using IDisposable? place = await slots.TakeAsync(seat.Replica, run.Manifest.Run, giveUp);
        if (place is null || !MayTakeMore(run) || !MayTakeMore(seat))
            return false;
        int places = run.Replicas * options.Value.ShardsInFlight;
        if (run.TryLease(seat.Replica, places, lease => IsLate(run, seat.Replica, lease)) is not { } lease)
            return false;
        instruments.LeaseGiven(lease);
        if (lease.IsHedge)
            LogHedged(logger, run.Manifest.Run, seat.Replica, lease.Samples);
        await EvaluateAsync(run, crew, seat, lease, stop);
        return true;
    }

    /// <summary>A lease is late when it takes much longer than the one who would help is expected to need for all of it.</summary>
    private bool IsLate(RunInWork run, string helper, ShardLease lease) =>
        run.SinceWhen(lease) is { } since && run.Sizing.ExpectedFor(helper, lease.Samples) is { } expected
        && timeProvider.GetElapsedTime(since) >= Max(options.Value.ShortestHedge, expected * options.Value.HedgeFactor);

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private async Task EvaluateAsync(RunInWork run, ReplicaCrew crew, ReplicaSeat seat, ShardLease lease, CancellationToken cancellationToken)
    {
        using Activity? trace = EvaluationTraces.Leasing(run.Manifest.Run, lease);
        using var call = CancellationTokenSource.CreateLinkedTokenSource(seat.Gone);
        var delivery = new LeaseDelivery(run, lease, (shard, predictions) => StoreAsync(run, shard, predictions, cancellationToken));
        LeaseAssignment assignment = run.Assign(lease);
        long begin = timeProvider.GetTimestamp();
        run.Opened(lease, call, begin);
        try
        {
            var stream = discovery.Reach(seat.Replica).EvaluateAsync(assignment, call.Token);
            // Not even the goodbye to a stream of a silo that is gone is waited for.
            await delivery.ReceiveAsync(stream, call.Token).WaitAsync(call.Token);
            crew.Pauses.Succeeded(seat.Replica);
        }
        catch (Exception) when (!run.Ledger.IsOpen(lease) && !cancellationToken.IsCancellationRequested)
        {
            // Somebody else was first with everything; that this one stops is what was asked of it.
        }
        catch (Exception exception) when (exception is ReplicaUnavailableException || (discovery.LeavesInOrder(seat.Silo) && !cancellationToken.IsCancellationRequested))
        {
            // Nobody is to blame, and no attempt is counted: it was told to stop or to load another model, and takes nothing more. A lease that
            // reaches a silo a moment later than that finds nobody who could say so.
            if (seat.Lose())
                crew.Pauses.Unusable(seat.Replica);
            run.Release(lease);
        }
        catch (Exception exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            // A silo that is gone, a call that timed out, a model that broke: which it was is for people; the work goes elsewhere.
            if (seat.Lose())
                crew.Pauses.Failed(seat.Replica);
            EvaluationTraces.Failed(trace, exception.Message);
            Return(run, lease, seat.Explain(exception));
        }
        finally
        {
            run.Closed(lease);
            if (call.IsCancellationRequested && !discovery.IsGone(seat.Silo))
                discovery.GiveUp(seat.Replica, assignment.Lease);
        }

        Learn(run, lease, delivery.Samples, timeProvider.GetElapsedTime(begin));
        await delivery.WhenStoredAsync();
        await RecordCondemnedAsync(run, cancellationToken);
    }

    private void Learn(RunInWork run, ShardLease lease, int samples, TimeSpan duration)
    {
        if (samples == 0)
            return;
        run.Outlook.Succeeded();
        run.Sizing.Observe(lease.Replica, samples, duration);
        instruments.LeaseEvaluated(lease.Replica, duration);
    }

    private void Return(RunInWork run, ShardLease lease, Exception loss)
    {
        int divided = run.Ledger.Divided;
        ImmutableArray<ShardPart> back = run.Return(lease, LossReason.Of(loss));
        LogLost(logger, loss, run.Manifest.Run, lease.Replica, string.Join(", ", back));
        instruments.PartsReturned(lease.Replica, back.Length);
        instruments.PartsDivided(run.Ledger.Divided - divided);
        if (run.IsHopeless)
            throw new PrerequisiteException(
                $"Replicas did nothing but fail, {run.Outlook.Losses} times in a row. {run.LastTrouble} "
                + "Nothing was recorded of that. Mend the replicas (their logs say more), then start the run again.");
    }

    /// <summary>Records samples that cost their replicas too often as failures, when it is certain that they are the cause.</summary>
    private async Task RecordCondemnedAsync(RunInWork run, CancellationToken cancellationToken)
    {
        if (!run.MayBlame)
            return;
        foreach (ShardPart part in run.Ledger.Condemned)
        {
            PackedShard shard = run.ShardOf(part);
            LogCondemned(logger, run.Manifest.Run, part, options.Value.AttemptsLimit);
            instruments.SampleCondemned();
            byte[] lines = PredictionLines.Write([.. shard.SamplesOf(part).Select(sample => SampleEvaluation.Lost(
                run.DefinitionOf(shard), sample, options.Value.AttemptsLimit, run.TroubleWith(part)))]);
            if (run.Deliver(null, part, lines, DeliveryCheck.Verify(shard, part, lines)) is { } whole)
                await StoreAsync(run, shard, whole, cancellationToken);
        }
    }

    private async Task StoreAsync(RunInWork run, PackedShard shard, AssembledShard predictions, CancellationToken cancellationToken)
    {
        var (lines, outlines) = predictions;
        if (outlines.Length != shard.Count)
            throw new InvalidOperationException($"Shard {shard.Index} has {shard.Count} samples; {outlines.Length} predictions were about to be stored.");
        using Activity? trace = EvaluationTraces.Storing(run.Manifest.Run, shard);
        bool written = await store.TryWriteShardAsync(run.Manifest.Run, shard.Index, lines, cancellationToken);
        trace?.SetTag("tinygptv.written", written);
        // Whoever wrote first counts: after a partition another coordinator may have been quicker.
        var stored = written ? outlines : (await store.ReadShardAsync(run.Manifest.Run, shard.Index, cancellationToken)).Outlines();
        run.Complete(shard.Index, stored);
        if (written)
            instruments.ShardCompleted(shard.Benchmark, stored);
    }
}
