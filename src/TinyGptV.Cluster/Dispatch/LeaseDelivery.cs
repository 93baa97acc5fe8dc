using TinyGptV.Cluster.Contracts;
using TinyGptV.Evaluation.Sharding;

namespace TinyGptV.Cluster.Dispatch;

/// <summary>Receives the predictions of one lease. Shards are stored while later ones arrive.</summary>
/// <param name="run">The run.</param>
/// <param name="lease">The lease.</param>
/// <param name="store">Stores a complete shard.</param>
internal sealed class LeaseDelivery(RunInWork run, ShardLease lease, Func<PackedShard, AssembledShard, Task> store)
{
    private readonly List<Task> _stores = [];

    /// <summary>How many samples the replica answered.</summary>
    public int Samples { get; private set; }

    /// <summary>Receives predictions until the stream ends.</summary>
    /// <exception cref="InvalidDataException">The replica's answer is incomplete or not what was requested.</exception>
    public async Task ReceiveAsync(IAsyncEnumerable<EvaluatedPart> stream, CancellationToken cancellationToken)
    {
        await foreach (EvaluatedPart item in stream.WithCancellation(cancellationToken))
        {
            // A stream that was given up is no longer awaited: its late predictions must not be stored.
            cancellationToken.ThrowIfCancellationRequested();
            Take(item);
        }

        if (run.Ledger.IsOpen(lease))
            throw new InvalidDataException($"The replica answered {Samples} of {lease.Samples} samples and then ended its stream.");
    }

    /// <summary>Waits until everything that arrived is stored.</summary>
    /// <exception cref="Exception">The store cannot be written.</exception>
    public Task WhenStoredAsync() => Task.WhenAll(_stores);

    private void Take(EvaluatedPart item)
    {
        if ((uint)item.Part >= (uint)lease.Parts.Length)
            throw new InvalidDataException($"The replica answered part {item.Part} of {lease.Parts.Length}.");
        ShardPart part = lease.Parts[item.Part];
        if (item.Lines is not { } lines)
        {
            run.Arrived(lease, part, item.Predicted, item.Failed);
            return;
        }

        PackedShard shard = run.ShardOf(part);
        var outlines = DeliveryCheck.Verify(shard, part, lines);
        Samples += part.Count;
        if (run.Deliver(lease, part, lines, outlines) is { } whole)
            _stores.Add(store(shard, whole));
    }
}
