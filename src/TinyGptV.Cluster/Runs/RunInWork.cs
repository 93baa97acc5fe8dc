using System.Collections.Frozen;
using System.Collections.Immutable;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Sharding;

namespace TinyGptV.Cluster.Runs;

/// <summary>
/// What a run grain and its dispatch loops share while the run is under way. Touched only in turns of the grain, and consistent at
/// every await: each step changes ledger and tally together.
/// </summary>
internal sealed class RunInWork
{
    private readonly FrozenDictionary<BenchmarkName, BenchmarkDefinition> _definitions;

    public RunInWork(RunManifest manifest, ImmutableArray<Shard> shards, ShardLedger ledger, RunTally tally)
    {
        Manifest = manifest;
        Shards = shards;
        Ledger = ledger;
        Tally = tally;
        Resumed = tally.Stored;
        _definitions = manifest.Benchmarks.ToFrozenDictionary(benchmark => benchmark.Definition.Name, benchmark => benchmark.Definition);
    }

    public RunManifest Manifest { get; }

    public ImmutableArray<Shard> Shards { get; }

    public ShardLedger Ledger { get; }

    public RunTally Tally { get; }

    /// <summary>How many predictions were stored before this work began.</summary>
    public int Resumed { get; }

    /// <summary>Raised whenever ledger, tally or the replicas change.</summary>
    public ChangeSignal Changed { get; } = new();

    /// <summary>How many replicas work for the run now.</summary>
    public int Replicas { get; private set; }

    /// <summary>How many replicas worked for the run at the same time at most.</summary>
    public int MostReplicas { get; private set; }

    /// <summary>Why the last replica ended its work; null if none did.</summary>
    public string? LastTrouble { get; private set; }

    public BenchmarkDefinition DefinitionOf(Shard shard) => _definitions[shard.Benchmark];

    public ShardAssignment Assign(Shard shard) => new(Manifest.Run, DefinitionOf(shard), shard);

    public void Join(string replica)
    {
        Ledger.Join(replica);
        Replicas++;
        MostReplicas = Math.Max(MostReplicas, Replicas);
        Changed.Raise();
    }

    public void Leave(string replica)
    {
        foreach (ShardLease lease in Ledger.ReturnAllOf(replica))
            Tally.Forget(lease.Shard);
        Replicas--;
        Changed.Raise();
    }

    /// <summary>Counts a prediction, unless its stream outlived the lease: its shard is somebody else's then.</summary>
    public void Arrived(ShardLease lease, Prediction prediction)
    {
        if (!Ledger.IsCurrent(lease))
            return;
        Tally.Arrived(lease.Shard, prediction);
        Changed.Raise();
    }

    public ShardState Return(ShardLease lease, string trouble)
    {
        LastTrouble = trouble;
        Tally.Forget(lease.Shard);
        ShardState state = Ledger.Return(lease);
        Changed.Raise();
        return state;
    }

    public void Complete(Shard shard, ImmutableArray<PredictionOutline> predictions)
    {
        if (Ledger.Complete(shard.Index))
            Tally.Store(shard.Index, predictions);
        Changed.Raise();
    }
}
