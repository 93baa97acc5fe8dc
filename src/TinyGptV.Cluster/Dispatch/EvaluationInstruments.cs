using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using TinyGptV.Cluster.Placement;
using TinyGptV.Cluster.Replicas;
using TinyGptV.Cluster.Telemetry;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Sharding;

namespace TinyGptV.Cluster.Dispatch;

/// <summary>Every instrument of a coordinator, under the meter <see cref="ClusterMeter"/>.</summary>
internal sealed class EvaluationInstruments
{
    private readonly ConcurrentDictionary<RunId, int> _queues = new();
    private readonly ConcurrentDictionary<RunId, ReplicaPauses> _pauses = new();
    private readonly PublishedFacts _facts;
    private readonly ReplicaPipelines _pipelines;
    private readonly Counter<long> _samples;
    private readonly Counter<long> _shardsCompleted;
    private readonly Counter<long> _leases;
    private readonly Histogram<long> _leaseSamples;
    private readonly Histogram<double> _leaseDuration;
    private readonly Counter<long> _hedges;
    private readonly Counter<long> _returned;
    private readonly Counter<long> _divided;
    private readonly Counter<long> _condemned;
    private readonly UpDownCounter<long> _replicas;

    public EvaluationInstruments(IMeterFactory meters, PublishedFacts facts, ReplicaPipelines pipelines)
    {
        (_facts, _pipelines) = (facts, pipelines);
        Meter meter = meters.Create(ClusterMeter.Name);
        _samples = meter.CreateCounter<long>("tinygptv.samples", "{sample}", "Samples whose predictions were stored");
        _shardsCompleted = meter.CreateCounter<long>("tinygptv.shards.completed", "{shard}", "Shards whose predictions were stored");
        _leases = meter.CreateCounter<long>("tinygptv.leases", "{lease}", "Leases given to replicas, hedges included");
        _leaseSamples = meter.CreateHistogram<long>("tinygptv.lease.samples", "{sample}", "How many samples were given to a replica at once");
        _leaseDuration = meter.CreateHistogram<double>("tinygptv.lease.duration", "s", "From giving a lease out to its last prediction");
        _hedges = meter.CreateCounter<long>("tinygptv.hedges", "{lease}", "Leases that repeat a straggler's work");
        _returned = meter.CreateCounter<long>(
            "tinygptv.shards.returned", "{part}", "Shards, or parts of divided ones, that came back because their replica was lost");
        _divided = meter.CreateCounter<long>("tinygptv.shards.divided", "{part}", "Shards, or parts of them, divided to find the sample that costs replicas");
        _condemned = meter.CreateCounter<long>("tinygptv.samples.condemned", "{sample}", "Samples recorded as failed because they cost their replicas");
        _replicas = meter.CreateUpDownCounter<long>("tinygptv.replicas", "{replica}", "Replicas that work for runs");
        // A counter that starts at its first event shows no increase; started at 0, the first event counts as one.
        _divided.Add(0);
        _condemned.Add(0);
        meter.CreateObservableGauge("tinygptv.queue", ObserveQueues, "{sample}", "Samples of a run that wait for a replica");
        meter.CreateObservableGauge("tinygptv.replicas.paused", ObservePauses, "{replica}", "Replicas that failed and are left alone by a run for a while");
        meter.CreateObservableGauge(
            "tinygptv.replica.circuit", ObserveCircuits, description: "The circuit around a replica: 0 closed, 1 open, 2 half open, 3 held open");
    }

    public void ReplicaJoined() => _replicas.Add(1);

    public void ReplicaLeft() => _replicas.Add(-1);

    public void QueueIs(RunId run, int samples) => _queues[run] = samples;

    public void RunBegins(RunId run, ReplicaPauses pauses) => _pauses[run] = pauses;

    public void RunEnds(RunId run)
    {
        _queues.TryRemove(run, out _);
        _pauses.TryRemove(run, out _);
    }

    public void LeaseGiven(ShardLease lease)
    {
        _leases.Add(1, Replica(lease.Replica));
        _leaseSamples.Record(lease.Samples, Replica(lease.Replica));
        _hedges.Add(lease.IsHedge ? 1 : 0, Replica(lease.Replica));
        _returned.Add(0, Replica(lease.Replica));
    }

    public void LeaseEvaluated(string replica, TimeSpan duration) => _leaseDuration.Record(duration.TotalSeconds, Replica(replica));

    public void PartsReturned(string replica, int count) => _returned.Add(count, Replica(replica));

    public void PartsDivided(int count) => _divided.Add(count);

    public void SampleCondemned() => _condemned.Add(1);

    public void ShardCompleted(BenchmarkName benchmark, ImmutableArray<PredictionOutline> predictions)
    {
        int failed = predictions.Count(prediction => prediction.Failed);
        _shardsCompleted.Add(1);
        CountSamples(benchmark, "predicted", predictions.Length - failed);
        CountSamples(benchmark, "failed", failed);
    }

    private static KeyValuePair<string, object?> Replica(string name) => new("replica", name);

    private IEnumerable<Measurement<int>> ObserveQueues() =>
        _queues.Select(queue => new Measurement<int>(queue.Value, new KeyValuePair<string, object?>("run", queue.Key.Value)));

    private IEnumerable<Measurement<int>> ObservePauses() =>
        _pauses.Select(pauses => new Measurement<int>(pauses.Value.Count, new KeyValuePair<string, object?>("run", pauses.Key.Value)));

    // Replica names come and go: drop those that left the cluster.
    private IEnumerable<Measurement<int>> ObserveCircuits() =>
        _facts.FindLiveReplicas().Select(replica => new Measurement<int>((int)_pipelines.CircuitOf(replica), Replica(replica)));

    private void CountSamples(BenchmarkName benchmark, string outcome, int count)
    {
        if (count > 0)
            _samples.Add(count, new KeyValuePair<string, object?>("benchmark", benchmark.Value), new KeyValuePair<string, object?>("outcome", outcome));
    }
}
