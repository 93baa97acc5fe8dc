using System.Collections.Frozen;
using System.Collections.Immutable;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Sharding;

namespace TinyGptV.Cluster.Dispatch;

/// <summary>
/// What a run grain and its dispatch share while the run is active. Touched only in turns of the grain, and consistent at
/// every await: each step changes ledger and tally together.
/// </summary>
internal sealed class ActiveRun : IDisposable
{
    private readonly FrozenDictionary<BenchmarkName, BenchmarkDefinition> _definitions;
    private readonly Dictionary<ShardIndex, ShardAssembly> _assemblies = [];
    private readonly Dictionary<long, OpenCall> _calls = [];
    private readonly Dictionary<ShardPart, string> _troubles = [];
    private readonly CancellationTokenSource _windingDown = new();

    public ActiveRun(
        RunManifest manifest, ImmutableArray<PackedShard> shards, ShardLedger ledger, RunTally tally, LeaseSizing sizing, StoredPartials partials,
        RetryPlan? retry = null)
    {
        Manifest = manifest;
        Shards = shards;
        Ledger = ledger;
        Tally = tally;
        Sizing = sizing;
        Kept = partials.Answers;
        Partials = partials.Shards;
        Retry = retry;
        foreach (ShardIndex shard in Kept.Shards)
            Tally.Keep(shard, shards[shard.Value].Benchmark, Kept.CountOf(shard));
        Resumed = tally.Safe;
        _definitions = manifest.Benchmarks.ToFrozenDictionary(benchmark => benchmark.Definition.Name, benchmark => benchmark.Definition);
    }

    public RunManifest Manifest { get; }

    public ImmutableArray<PackedShard> Shards { get; }

    public ShardLedger Ledger { get; }

    public RunTally Tally { get; }

    public LeaseSizing Sizing { get; }

    public RunOutlook Outlook { get; } = new();

    /// <summary>The answers to samples of shards that are not stored yet.</summary>
    public KeptAnswers Kept { get; }

    /// <summary>The shards of which a part was stored before this work began, those among them that are complete too.</summary>
    public ImmutableArray<ShardIndex> Partials { get; }

    /// <summary>Which stored shards are worked on again; null if failed samples stay failed.</summary>
    public RetryPlan? Retry { get; }

    /// <summary>What the replicas can read of the run's images, and what they cannot.</summary>
    public RunStorage Storage { get; init; } = new([], []);

    /// <summary>How many predictions were safe before this work began.</summary>
    public int Resumed { get; }

    /// <summary>Raised whenever ledger, tally or the replicas change.</summary>
    public ChangeSignal Changed { get; } = new();

    /// <summary>Raised when a replica that found no work may find some now.</summary>
    public ChangeSignal WorkChanged { get; } = new();

    /// <summary>How many replicas work for the run now.</summary>
    public int Replicas { get; private set; }

    /// <summary>The largest number of replicas that worked for the run at the same time.</summary>
    public int MostReplicas { get; private set; }

    /// <summary>Why the last lease was lost; null if none was.</summary>
    public string? LastTrouble { get; private set; }

    /// <summary>Cancelled when no more leases are given out: the run is complete or is to pause.</summary>
    public CancellationToken WindingDown => _windingDown.Token;

    /// <summary>
    /// A sample is blamed for its losses once a replica has answered another sample since. If nothing else is left to try, an earlier answer is
    /// enough.
    /// </summary>
    public bool MayBlame => (Outlook is { HasSucceeded: true, Losses: 0 }) || (Ledger.IsExhausted && HasEverSucceeded);

    /// <summary>True if the run cannot succeed: replicas only fail, or all remaining work was lost and nothing ever succeeded.</summary>
    public bool IsHopeless => Outlook.IsHopeless || (Ledger.IsExhausted && !HasEverSucceeded && !Ledger.Condemned.IsEmpty);

    private bool HasEverSucceeded => Outlook.HasSucceeded || Resumed > 0;

    public BenchmarkDefinition DefinitionOf(PackedShard shard) => _definitions[shard.Benchmark];

    public PackedShard ShardOf(ShardPart part) => Shards[part.Shard.Value];

    /// <summary>What has to be asked of a part.</summary>
    public PartQuestions QuestionsOf(ShardPart part) => PartQuestions.Of(ShardOf(part), part, Kept);

    public LeaseAssignment Assign(ImmutableArray<PartQuestions> questions)
    {
        ImmutableArray<BenchmarkName> benchmarks = [.. questions.Select(part => part.Shard.Benchmark).Distinct()];
        return new LeaseAssignment(
            Manifest.Run,
            [.. benchmarks.Select(benchmark => _definitions[benchmark])],
            [.. questions.Select(part => new PartAssignment(part.Shard.Index, benchmarks.IndexOf(part.Shard.Benchmark), part.Samples.ToArray()))],
            Guid.NewGuid(),
            // The file digests are not needed to compare models, and would add 1 kB to each lease.
            Manifest.Model with { Files = ImmutableSortedDictionary<string, string>.Empty },
            [.. Storage.UnreadableIn(questions.Select(part => (part.Shard, part.Part)))
                .Select(image => new UnreadableImage(benchmarks.IndexOf(image.Benchmark), image.Image, image.IsAbsent))]);
    }

    /// <summary>Gives out no more leases; open ones are finished.</summary>
    public void WindDown()
    {
        _windingDown.Cancel();
        WorkChanged.Raise();
        Changed.Raise();
    }

    public void Join(string replica)
    {
        Ledger.Join(replica);
        Outlook.Joined(replica);
        Replicas++;
        MostReplicas = Math.Max(MostReplicas, Replicas);
        Changed.Raise();
    }

    public void Leave(string replica)
    {
        foreach (ShardLease lease in Ledger.ReturnAllOf(replica))
            Forget(lease.Parts);
        Outlook.Left(replica);
        Replicas--;
        RaiseBoth();
    }

    /// <summary>A lease of the size that suits the replica, or a hedge of a straggler's; null if there is nothing to do.</summary>
    public ShardLease? TryLease(string replica, int slots, Predicate<ShardLease> isLate) =>
        Ledger.TryLease(replica, Sizing.SamplesFor(replica, Ledger.SamplesWaiting, slots)) ?? Ledger.TryHedge(replica, isLate);

    public void Opened(ShardLease lease, CancellationTokenSource call, long since) => _calls.Add(lease.Number, new OpenCall(call, since));

    public void Closed(ShardLease lease) => _calls.Remove(lease.Number);

    /// <summary>When a lease was given out.</summary>
    public long? SinceWhen(ShardLease lease) => _calls.TryGetValue(lease.Number, out OpenCall? call) ? call.Since : null;

    /// <summary>Counts what arrived of a part, unless its stream outlived the lease: then the part belongs to another lease.</summary>
    public void Arrived(ShardLease lease, ShardPart part, int predicted, int failed)
    {
        if (!Ledger.IsAwaited(lease, part))
            return;
        Tally.Arrived(part, ShardOf(part).Benchmark, predicted, failed);
        Changed.Raise();
    }

    /// <summary>Keeps answers to some samples of a part, unless their stream outlived the lease.</summary>
    public void Keep(ShardLease lease, ShardPart part, AssembledShard answers)
    {
        if (!Ledger.IsAwaited(lease, part) || Keep(ShardOf(part), answers) == 0)
            return;
        // Whatever becomes of the rest, the replica works.
        Outlook.Succeeded();
    }

    /// <summary>Keeps the answers of a shard that is not stored.</summary>
    /// <returns>How many are new.</returns>
    public int Keep(PackedShard shard, AssembledShard answers)
    {
        if (Ledger.StateOf(shard.Index) == ShardState.Completed)
            return 0;
        int added = Kept.Add(shard, answers.Lines, answers.Outlines);
        Tally.Keep(shard.Index, shard.Benchmark, Kept.CountOf(shard.Index));
        return added;
    }

    /// <summary>Takes the predictions of a part from any lease, and cancels the other leases of that part.</summary>
    /// <returns>The whole shard if all its predictions are there now, to be stored.</returns>
    public AssembledShard? Deliver(ShardLease? lease, ShardPart part, ReadOnlyMemory<byte> lines, ImmutableArray<PredictionOutline> outlines)
    {
        var (isFirst, ended) = Ledger.Deliver(part);
        if (!isFirst)
            return null;
        Tally.Arrived(part, ShardOf(part).Benchmark, outlines.Length, outlines.Count(outline => outline.Failed));
        _troubles.Remove(part);
        foreach (ShardLease loser in ended.Where(one => one.Number != lease?.Number))
            _calls.GetValueOrDefault(loser.Number)?.Call.Cancel();
        if (!_assemblies.TryGetValue(part.Shard, out ShardAssembly? assembly))
            _assemblies.Add(part.Shard, assembly = new ShardAssembly(ShardOf(part).Count));
        assembly.Add(part, lines, outlines);
        RaiseBoth();
        if (assembly.IsComplete)
            return assembly.ToShard();
        Keep(ShardOf(part), new AssembledShard(lines, outlines));
        return null;
    }

    public void Complete(ShardIndex shard, ImmutableArray<PredictionOutline> predictions)
    {
        if (!Ledger.Complete(shard))
            return;
        Kept.Forget(shard);
        Tally.Keep(shard, Shards[shard.Value].Benchmark, 0);
        var parts = _assemblies.Remove(shard, out ShardAssembly? assembly) ? assembly.Parts : [];
        Tally.Store(parts, predictions);
        RaiseBoth();
    }

    /// <summary>Takes back the lease of a lost replica.</summary>
    /// <returns>The parts that wait again.</returns>
    public ImmutableArray<ShardPart> Return(ShardLease lease, LossReason reason)
    {
        LastTrouble = $"Replica {lease.Replica}: {reason.Text}";
        Outlook.Lost(lease.Replica, reason.Text, reason.IsReported);
        ImmutableArray<ShardPart> back = Ledger.Return(lease);
        foreach (ShardPart part in back)
            _troubles[part] = reason.Text;
        Forget(lease.Parts);
        RaiseBoth();
        return back;
    }

    /// <summary>Takes back a lease without counting a failure.</summary>
    public void Release(ShardLease lease)
    {
        Ledger.Release(lease);
        Forget(lease.Parts);
        RaiseBoth();
    }

    /// <summary>Takes back a lease whose replica could not read an image; no attempt is counted. Other replicas get the samples of that image first.</summary>
    public void ReturnUnread(ShardLease lease, string silo, StorageFaultException fault)
    {
        LastTrouble = fault.Message;
        foreach (ShardPart part in lease.Parts.Where(part => Storage.Accuse(silo, ShardOf(part), part, fault.Benchmark, fault.Image)))
            Ledger.Avoid(part, lease.Replica);
        Release(lease);
    }

    /// <summary>A replica cannot read what the run needs.</summary>
    public void CannotRead(string replica, string problem)
    {
        LastTrouble = problem;
        Storage.Checks.Failed(replica, problem);
        Changed.Raise();
    }

    /// <summary>Why a part was last lost.</summary>
    public string TroubleWith(ShardPart part) => _troubles.GetValueOrDefault(part, "the reason is not known");

    public void RaiseBoth()
    {
        WorkChanged.Raise();
        Changed.Raise();
    }

    public void Dispose() => _windingDown.Dispose();

    private void Forget(ImmutableArray<ShardPart> parts)
    {
        // Delivered parts are kept until their shard is stored.
        foreach (ShardPart part in parts.Where(part => !_assemblies.TryGetValue(part.Shard, out ShardAssembly? assembly) || !assembly.Parts.Contains(part)))
            Tally.Forget(part);
    }

    private sealed record OpenCall(CancellationTokenSource Call, long Since);
}
