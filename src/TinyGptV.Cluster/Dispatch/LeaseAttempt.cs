using System.Collections.Immutable;
using System.Diagnostics;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Cluster.Telemetry;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Sharding;

namespace TinyGptV.Cluster.Dispatch;

/// <summary>One lease on a replica, from the call to its outcome.</summary>
/// <param name="scope">The dispatch of the run.</param>
/// <param name="connection">The replica.</param>
/// <param name="lease">The lease.</param>
internal sealed class LeaseAttempt(DispatchScope scope, ReplicaConnection connection, ShardLease lease)
{
    private readonly ShardStoring _storing = new(scope);

    private DispatchServices Services => scope.Services;

    private ActiveRun Run => scope.Run;

    /// <summary>Returns when the lease has ended and its complete shards are stored.</summary>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    /// <exception cref="PrerequisiteException">Every replica fails on all its work.</exception>
    /// <exception cref="Exception">The store cannot be written.</exception>
    public async Task RunAsync()
    {
        using Activity? trace = EvaluationTraces.Leasing(scope.RunId, lease);
        var delivery = new LeaseDelivery(Run, lease, _storing.StoreAsync);
        long began = Services.Time.GetTimestamp();
        if (!delivery.Questions.IsEmpty)
            await ReceiveAsync(delivery, trace, began);
        Learn(delivery.Samples, Services.Time.GetElapsedTime(began));
        await delivery.WhenStoredAsync();
        await _storing.RecordCondemnedAsync();
    }

    private async Task ReceiveAsync(LeaseDelivery delivery, Activity? trace, long began)
    {
        using var call = CancellationTokenSource.CreateLinkedTokenSource(connection.Gone);
        LeaseAssignment assignment = Run.Assign(delivery.Questions);
        Run.Opened(lease, call, began);
        try
        {
            var stream = Services.Discovery.Reach(connection.Replica).EvaluateAsync(assignment, call.Token);
            // Do not wait for the stream to close either: the silo may be gone.
            await delivery.ReceiveAsync(stream, call.Token).WaitAsync(call.Token);
            scope.Pauses.Succeeded(connection.Replica);
        }
        catch (Exception) when (!Run.Ledger.IsOpen(lease) && !scope.Stop.IsCancellationRequested)
        {
            // Other replicas delivered all of it first, and this call was cancelled.
        }
        catch (StorageFaultException fault)
        {
            scope.Stop.Token.ThrowIfCancellationRequested();
            // The replica is asked again at once whether it can read what the run needs, and is paused if it cannot.
            connection.CheckAgain();
            EvaluationTraces.Failed(trace, fault.Message);
            DispatchLog.Unread(Services.Log, scope.RunId, fault.Message);
            Run.ReturnUnread(lease, connection.SiloName, fault);
        }
        catch (Exception exception) when (IsNobodysFault(exception))
        {
            connection.TakeNoMore();
            Run.Release(lease);
        }
        catch (Exception exception)
        {
            scope.Stop.Token.ThrowIfCancellationRequested();
            // A dead silo, a timeout or a broken model: all are handled alike, and the log says which it was.
            connection.Fail();
            EvaluationTraces.Failed(trace, exception.Message);
            Return(connection.Explain(exception));
        }
        finally
        {
            Run.Closed(lease);
            if (call.IsCancellationRequested && !Services.Discovery.IsGone(connection.Silo))
                Services.Discovery.GiveUp(connection.Replica, assignment.Lease);
        }
    }

    /// <summary>
    /// The replica is stopping or loading another model; no attempt is counted. A silo that has just left cannot answer that any more, so
    /// its orderly departure counts too.
    /// </summary>
    private bool IsNobodysFault(Exception exception) => exception is ReplicaUnavailableException
        || (Services.Discovery.LeavesInOrder(connection.Silo) && !scope.Stop.IsCancellationRequested);

    private void Learn(int samples, TimeSpan duration)
    {
        if (samples == 0)
            return;
        Run.Outlook.Succeeded();
        Run.Sizing.Observe(lease.Replica, samples, duration);
        Services.Instruments.LeaseEvaluated(lease.Replica, duration);
    }

    private void Return(Exception loss)
    {
        int divided = Run.Ledger.Divided;
        ImmutableArray<ShardPart> back = Run.Return(lease, LossReason.Of(loss));
        DispatchLog.Lost(Services.Log, loss, scope.RunId, lease.Replica, string.Join(", ", back));
        Services.Instruments.PartsReturned(lease.Replica, back.Length);
        Services.Instruments.PartsDivided(Run.Ledger.Divided - divided);
        if (Run.IsHopeless)
            throw new PrerequisiteException(
                $"Replicas failed {Run.Outlook.Losses} times in a row. {Run.LastTrouble} "
                + "None of these failures was recorded. Fix the replicas (see their logs), then start the run again.")
            {
                MayPass = true,
            };
    }
}
