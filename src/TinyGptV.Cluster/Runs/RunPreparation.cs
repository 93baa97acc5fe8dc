using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.Extensions.Options;
using TinyGptV.Cluster.Configuration;
using TinyGptV.Cluster.Dispatch;
using TinyGptV.Cluster.Telemetry;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Sharding;

namespace TinyGptV.Cluster.Runs;

/// <summary>Rebuilds a run from its store and its benchmarks; nothing else remembers it. What was read of them to start it is not read again.</summary>
internal sealed class RunPreparation(IBenchmarkSource source, IRunStore store, ReadingHandover handover, IOptions<EvaluationClusterOptions> options)
{
    /// <summary>Reading this many samples leaves some hundred megabytes behind.</summary>
    private const int ManySamples = 100_000;

    /// <exception cref="PrerequisiteException">There is no such run, or its benchmarks are not what they were when it began.</exception>
    public Task<RunInWork> PrepareAsync(RunId run, CancellationToken cancellationToken)
    {
        // In the turn in which the run begins, for the offer ends with the call that makes it begin.
        RunReading? reading = handover.Take(run);
        return OffTurn.RunAsync(() => RebuildAsync(run, reading, cancellationToken), cancellationToken);
    }

    /// <summary>Where a run stands that nobody works on.</summary>
    /// <exception cref="PrerequisiteException">There is no such run, or a file of it is malformed.</exception>
    public Task<RunProgress> ReadProgressAsync(RunId run, CancellationToken cancellationToken) =>
        OffTurn.RunAsync(() => StoredProgress.ReadAsync(store, run, cancellationToken).AsTask(), cancellationToken);

    private async Task<RunInWork> RebuildAsync(RunId run, RunReading? reading, CancellationToken cancellationToken)
    {
        using Activity? trace = EvaluationTraces.Preparing(run);
        RunManifest manifest = await store.ReadExistingManifestAsync(run, cancellationToken);
        ImmutableArray<PackedShard> shards = reading?.IsOf(manifest) is true ? reading.Shards : await ReadAsync(manifest, cancellationToken);
        if (manifest.Benchmarks.Sum(benchmark => benchmark.Samples) >= ManySamples)
            GiveBackMemory();
        var stored = await store.ListShardsAsync(run, cancellationToken);
        PredictionCounts counts = await StoredProgress.CountAsync(store, manifest, stored, cancellationToken);
        var ledger = new ShardLedger([.. shards.Select(shard => shard.Count)], stored, options.Value.AttemptsLimit);
        var sizing = new LeaseSizing(options.Value.LeaseDuration, options.Value.LeaseSamplesLimit);
        return new RunInWork(manifest, shards, ledger, new RunTally(counts), sizing);
    }

    /// <summary>The samples as they were read are garbage now, and a run takes hours in which the machine has other uses for the memory.</summary>
    private static void GiveBackMemory() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    /// <summary>One benchmark after the other is read, packed and let go: the samples of a run are in memory once, and packed.</summary>
    private async Task<ImmutableArray<PackedShard>> ReadAsync(RunManifest manifest, CancellationToken cancellationToken)
    {
        var shards = ImmutableArray.CreateBuilder<PackedShard>();
        foreach (BenchmarkManifest described in manifest.Benchmarks)
        {
            Benchmark benchmark = await ReadUnchangedAsync(manifest.Run, described, manifest.Limit, cancellationToken);
            shards.AddRange(RunReading.Pack(benchmark, manifest.ShardSize, shards.Count));
        }

        return shards.DrainToImmutable();
    }

    private async Task<Benchmark> ReadUnchangedAsync(RunId run, BenchmarkManifest described, int? limit, CancellationToken cancellationToken)
    {
        Benchmark benchmark = RunPlanning.Take(await source.ReadAsync(described.Definition.Name, cancellationToken), limit);
        benchmark = benchmark with { Definition = benchmark.Definition.AskedAs(described.Definition.PromptTemplate) };
        // Images may come and go while a run is interrupted: samples whose image is missing fail one by one, and what was found at the beginning stays recorded.
        var changed = ManifestComparison.Compare(described, RunPlanning.Describe(benchmark) with { Incomplete = described.Incomplete });
        return changed.IsEmpty ? benchmark : throw new PrerequisiteException(ManifestComparison.Refusal(run, changed));
    }
}
