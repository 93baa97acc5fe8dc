using System.Collections.Concurrent;
using System.Diagnostics;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Cluster.Telemetry;
using TinyGptV.Cluster.Tests.Doubles;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cluster.Tests.Runs;

public sealed class EvaluationTracesTests : IDisposable
{
    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly ActivityListener _listener;

    public EvaluationTracesTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == ClusterMeter.Name,
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = _spans.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task Lease_of_a_lost_replica_is_an_error_and_every_shard_is_stored_in_the_trace_of_a_lease()
    {
        WatchedModel[] models = [new() { HoldAfter = 9 }, new() { HoldAfter = 9 }];
        // Known beforehand, for a lease that finds it missing is an error too.
        var benchmarks = new InMemoryBenchmarks { KnowsWhatIsMissing = true };
        await using var cluster = await EvaluationCluster.StartAsync(models, benchmarks, configure: options => options.ShortestHedge = TimeSpan.FromMinutes(1));
        RunId run = await cluster.StartRunAsync(new RunRequest { ShardSize = 4, Run = RunId.Parse("traced"), AllowPartial = true });
        await Task.WhenAll(models.Select(model => model.WhenItHolds)).WaitAsync(TestContext.Current.CancellationToken);

        await cluster.KillAsync(1);
        models[1].Release();
        Assert.Equal(RunPhase.Completed, (await cluster.WatchToTheEndAsync(run)).Phase);

        // Other tests make spans at the same time.
        Activity[] spans = [.. _spans.Where(span => run.Value.Equals(span.GetTagItem("tinygptv.run")))];
        Activity[] leases = [.. spans.Where(span => span.OperationName == "lease")];
        Assert.All(leases, lease => Assert.Null(lease.ParentId));
        Assert.All(leases.Where(lease => lease.Status == ActivityStatusCode.Error), lease => Assert.Equal("replica-1", lease.GetTagItem("tinygptv.replica")));
        Assert.Contains(leases, lease => lease.Status == ActivityStatusCode.Error);
        Activity[] stores = [.. spans.Where(span => span.OperationName == "store")];
        Assert.Equal(stores.Length, stores.Select(store => store.GetTagItem("tinygptv.shard")).Distinct().Count());
        Assert.Equal(47, stores.Sum(store => (int)store.GetTagItem("tinygptv.samples")!));
        Assert.Subset(leases.Select(lease => lease.SpanId).ToHashSet(), stores.Select(store => store.ParentSpanId).ToHashSet());
        Assert.Equal(["prepare", "report"], spans.Select(span => span.OperationName).Where(name => name is "prepare" or "report").Order());
    }
}
