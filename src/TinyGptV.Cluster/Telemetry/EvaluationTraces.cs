using System.Diagnostics;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Sharding;

namespace TinyGptV.Cluster.Telemetry;

/// <summary>
/// All spans of coordinators and replicas. A trace is one lease: given out, evaluated on a replica, its shards stored. A run takes days and
/// has no span of its own; its traces carry its name. Without a listener, no spans are created.
/// </summary>
internal static class EvaluationTraces
{
    private static readonly ActivitySource Source = new(ClusterMeter.Name);

    /// <summary>Detaches from the trace of the call that started a run: the run inherits its context but outlives it by days.</summary>
    public static void Leave() => Activity.Current = null;

    /// <summary>A run is rebuilt from its store, whenever it starts or resumes.</summary>
    public static Activity? Preparing(RunId run) => Start("prepare", run);

    /// <summary>A lease, from giving it out until its results are stored.</summary>
    public static Activity? Leasing(RunId run, ShardLease lease) => Start("lease", run)?
        .SetTag("tinygptv.replica", lease.Replica)
        .SetTag("tinygptv.samples", lease.Samples)
        .SetTag("tinygptv.hedge", lease.IsHedge);

    /// <summary>A replica works on a lease. The call carries the coordinator's trace.</summary>
    public static Activity? Evaluating(RunId run, string replica) => Start("evaluate", run, ActivityKind.Consumer)?
        .SetTag("tinygptv.replica", replica);

    /// <summary>A shard is stored; part of the lease that completed it.</summary>
    public static Activity? Storing(RunId run, PackedShard shard) => Start("store", run)?
        .SetTag("tinygptv.shard", shard.Index.Value)
        .SetTag("tinygptv.benchmark", shard.Benchmark.Value)
        .SetTag("tinygptv.samples", shard.Count);

    /// <summary>A run is scored and its report written.</summary>
    public static Activity? Reporting(RunId run, string mode) => Start("report", run)?.SetTag("tinygptv.mode", mode);

    /// <summary>Marks a span as failed.</summary>
    public static void Failed(Activity? activity, string reason) => activity?.SetStatus(ActivityStatusCode.Error, reason);

    private static Activity? Start(string name, RunId run, ActivityKind kind = ActivityKind.Internal) =>
        Source.StartActivity(name, kind)?.SetTag("tinygptv.run", run.Value);
}
