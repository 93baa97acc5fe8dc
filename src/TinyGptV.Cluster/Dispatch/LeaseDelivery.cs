using System.Collections.Immutable;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Evaluation.Sharding;

namespace TinyGptV.Cluster.Dispatch;

/// <summary>Receives the predictions of one lease. Shards are stored while later ones arrive.</summary>
internal sealed class LeaseDelivery
{
    private readonly ActiveRun _run;
    private readonly ShardLease _lease;
    private readonly Func<PackedShard, AssembledShard, Task> _store;
    private readonly List<Task> _stores = [];

    /// <summary>Delivers the parts whose answers are all kept; the others have to be asked.</summary>
    /// <param name="run">The run.</param>
    /// <param name="lease">The lease.</param>
    /// <param name="store">Stores a complete shard.</param>
    public LeaseDelivery(ActiveRun run, ShardLease lease, Func<PackedShard, AssembledShard, Task> store)
    {
        (_run, _lease, _store) = (run, lease, store);
        ImmutableArray<PartQuestions> parts = [.. lease.Parts.Select(run.QuestionsOf)];
        Questions = [.. parts.Where(part => part.Count > 0)];
        foreach (PartQuestions answered in parts.Where(part => part.Count == 0))
            Deliver(answered, AssembledShard.None);
    }

    /// <summary>What the replica has to be asked, by the numbers under which it answers.</summary>
    public ImmutableArray<PartQuestions> Questions { get; }

    /// <summary>How many samples the replica answered, in finished parts.</summary>
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

        if (_run.Ledger.IsOpen(_lease))
            throw new InvalidDataException($"The replica answered {Samples} of {Questions.Sum(part => part.Count)} samples and then ended its stream.");
    }

    /// <summary>Waits until everything that arrived is stored.</summary>
    /// <exception cref="Exception">The store cannot be written.</exception>
    public Task WhenStoredAsync() => Task.WhenAll(_stores);

    private void Take(EvaluatedPart item)
    {
        if ((uint)item.Part >= (uint)Questions.Length)
            throw new InvalidDataException($"The replica answered part {item.Part} of {Questions.Length}.");
        PartQuestions questions = Questions[item.Part];
        if (item.Lines is { } lines)
        {
            var outlines = DeliveryCheck.Verify(questions, lines);
            Samples += questions.Count;
            Deliver(questions, new AssembledShard(lines, outlines));
            return;
        }

        if (item.Answers is { } answers)
            _run.Keep(_lease, questions.Part, new AssembledShard(answers, DeliveryCheck.VerifySome(questions, answers)));
        _run.Arrived(_lease, questions.Part, questions.Kept + item.Predicted, item.Failed);
    }

    private void Deliver(PartQuestions questions, AssembledShard asked)
    {
        // If another replica delivered the part first, its shard may be complete, and the answers that were kept of it forgotten.
        if (!_run.Ledger.IsUndelivered(questions.Part))
            return;
        var (lines, outlines) = questions.Complete(asked, _run.Kept);
        if (_run.Deliver(_lease, questions.Part, lines, outlines) is { } whole)
            _stores.Add(_store(questions.Shard, whole));
    }
}
