using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using TinyGptV.Cluster.Hosting;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Sharding;

namespace TinyGptV.Cluster.Runs;

/// <summary>Rebuilds a run from its store and its benchmarks; nothing else remembers it.</summary>
internal sealed class RunPreparation(IBenchmarkSource source, IRunStore store, IOptions<EvaluationClusterOptions> options)
{
    /// <exception cref="PrerequisiteException">There is no such run, or its benchmarks are not what they were when it began.</exception>
    public async Task<RunInWork> PrepareAsync(RunId run, CancellationToken cancellationToken)
    {
        RunManifest manifest = await ReadManifestAsync(run, cancellationToken);
        var benchmarks = ImmutableArray.CreateBuilder<Benchmark>(manifest.Benchmarks.Length);
        foreach (BenchmarkManifest described in manifest.Benchmarks)
            benchmarks.Add(await ReadUnchangedAsync(run, described, manifest.Limit, cancellationToken));
        var shards = ShardPlan.Create(benchmarks.MoveToImmutable(), manifest.ShardSize);
        var (stored, tally) = await ReadStoredAsync(manifest, cancellationToken);
        return new RunInWork(manifest, shards, new ShardLedger(shards.Length, stored, options.Value.AttemptsLimit), tally);
    }

    /// <summary>Where a run stands that nobody works on.</summary>
    /// <exception cref="PrerequisiteException">There is no such run, or a file of it is malformed.</exception>
    public async Task<RunProgress> ReadProgressAsync(RunId run, CancellationToken cancellationToken)
    {
        RunManifest manifest = await ReadManifestAsync(run, cancellationToken);
        var (_, tally) = await ReadStoredAsync(manifest, cancellationToken);
        return new RunProgress
        {
            Run = run,
            Phase = tally.IsComplete ? RunPhase.Completed : RunPhase.Cancelled,
            Benchmarks = tally.ToProgress(),
            Resumed = tally.Stored,
            Problem = tally.IsComplete ? null : "Nobody works on this run; start it again to continue it.",
        };
    }

    private async Task<RunManifest> ReadManifestAsync(RunId run, CancellationToken cancellationToken) =>
        await store.ReadManifestAsync(run, cancellationToken)
        ?? throw new PrerequisiteException($"The store was expected to hold the run '{run}', and has no such run. List the runs to see which there are.");

    private async Task<Benchmark> ReadUnchangedAsync(RunId run, BenchmarkManifest described, int? limit, CancellationToken cancellationToken)
    {
        Benchmark benchmark = RunPlanning.Take(await source.ReadAsync(described.Definition.Name, cancellationToken), limit);
        // Images may come and go while a run is interrupted: samples whose image is missing fail one by one, and what was found at the beginning stays recorded.
        var changed = ManifestComparison.Compare(described, RunPlanning.Describe(benchmark) with { Incomplete = described.Incomplete });
        return changed.IsEmpty ? benchmark : throw new PrerequisiteException(ManifestComparison.Refusal(run, changed));
    }

    private async Task<(ImmutableArray<ShardIndex> Shards, RunTally Tally)> ReadStoredAsync(RunManifest manifest, CancellationToken cancellationToken)
    {
        var tally = new RunTally(manifest);
        var shards = await store.ListShardsAsync(manifest.Run, cancellationToken);
        foreach (ShardIndex shard in shards)
            tally.Store(shard, (await store.ReadShardAsync(manifest.Run, shard, cancellationToken)).Outlines());
        return (shards, tally);
    }
}
