using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cluster.Runs;

/// <summary>Every instrument of a coordinator, under the meter <see cref="MeterName"/>.</summary>
internal sealed class EvaluationInstruments
{
    public const string MeterName = "TinyGptV.Cluster";

    private readonly Counter<long> _samples;
    private readonly Counter<long> _shardsCompleted;
    private readonly Counter<long> _shardsReturned;
    private readonly Counter<long> _shardsGivenUp;
    private readonly Histogram<double> _shardDuration;
    private readonly UpDownCounter<long> _replicas;

    public EvaluationInstruments(IMeterFactory meters)
    {
        Meter meter = meters.Create(MeterName);
        _samples = meter.CreateCounter<long>("tinygptv.samples", "{sample}", "Samples whose predictions were stored");
        _shardsCompleted = meter.CreateCounter<long>("tinygptv.shards.completed", "{shard}", "Shards whose predictions were stored");
        _shardsReturned = meter.CreateCounter<long>("tinygptv.shards.returned", "{shard}", "Shards that came back because their replica was lost");
        _shardsGivenUp = meter.CreateCounter<long>("tinygptv.shards.given_up", "{shard}", "Shards recorded as failed after too many losses");
        _shardDuration = meter.CreateHistogram<double>("tinygptv.shard.duration", "s", "From giving a shard out to its last prediction");
        _replicas = meter.CreateUpDownCounter<long>("tinygptv.replicas", "{replica}", "Replicas that work for runs");
    }

    public void ReplicaJoined() => _replicas.Add(1);

    public void ReplicaLeft() => _replicas.Add(-1);

    public void ShardEvaluated(string replica, TimeSpan duration) =>
        _shardDuration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("replica", replica));

    public void ShardReturned(string replica) => _shardsReturned.Add(1, new KeyValuePair<string, object?>("replica", replica));

    public void ShardGivenUp() => _shardsGivenUp.Add(1);

    public void ShardCompleted(BenchmarkName benchmark, ImmutableArray<PredictionOutline> predictions)
    {
        int failed = predictions.Count(prediction => prediction.Failed);
        _shardsCompleted.Add(1);
        CountSamples(benchmark, "predicted", predictions.Length - failed);
        CountSamples(benchmark, "failed", failed);
    }

    private void CountSamples(BenchmarkName benchmark, string outcome, int count)
    {
        if (count > 0)
            _samples.Add(count, new KeyValuePair<string, object?>("benchmark", benchmark.Value), new KeyValuePair<string, object?>("outcome", outcome));
    }
}
