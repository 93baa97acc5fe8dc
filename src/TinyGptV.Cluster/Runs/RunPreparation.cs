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

/// <summary>Rebuilds a run from its stored files and its benchmarks; there is no other state. What was read of them to start it is not read again.</summary>
internal sealed class RunPreparation(
    IBenchmarkSource source, IImageSource images, IRunStore store, ReadingHandover handover, IOptions<EvaluationClusterOptions> options)
{
    /// <summary>Reading this many samples leaves several hundred megabytes of garbage.</summary>
    private const int ManySamples = 100_000;

    /// <exception cref="PrerequisiteException">There is no such run, or its benchmarks changed since it began.</exception>
    /// <param name="run">The run.</param>
    /// <param name="retry">The round in which failed samples are asked again; null if they are not.</param>
    /// <param name="cancellationToken">Ends the reading early.</param>
    public Task<ActiveRun> PrepareAsync(RunId run, int? retry, CancellationToken cancellationToken)
    {
        // In the turn in which the run begins, for the offer ends with the call that makes it begin.
        RunReading? reading = handover.Take(run);
        return OffTurn.RunAsync(() => RebuildAsync(run, retry, reading, cancellationToken), cancellationToken);
    }

    /// <summary>The progress of a run that is not active.</summary>
    /// <exception cref="PrerequisiteException">There is no such run, or one of its files is malformed.</exception>
    public Task<RunProgress> ReadProgressAsync(RunId run, string? workedOnBy, CancellationToken cancellationToken) =>
        OffTurn.RunAsync(() => StoredProgress.ReadAsync(store, run, workedOnBy, cancellationToken).AsTask(), cancellationToken);

    private async Task<ActiveRun> RebuildAsync(RunId run, int? retry, RunReading? reading, CancellationToken cancellationToken)
    {
        using Activity? trace = EvaluationTraces.Preparing(run);
        RunManifest manifest = await store.ReadExistingManifestAsync(run, cancellationToken);
        reading = reading?.IsOf(manifest) is true ? reading : await ReadAsync(manifest, cancellationToken);
        ImmutableArray<PackedShard> shards = reading.Shards;
        ImmutableArray<RunProbe> probes = await new ProbeReading(images).ReadAsync(reading.Images, cancellationToken);
        if (manifest.Benchmarks.Sum(benchmark => benchmark.Samples) >= ManySamples)
            GiveBackMemory();
        var stored = await store.ListShardsAsync(run, cancellationToken);
        var kept = new KeptAnswers();
        RetryPlan? again = retry is { } round ? await RetryPlan.ReadAsync(store, run, round, stored, kept, shards, cancellationToken) : null;
        stored = again is null ? stored : [.. stored.Except(again.Again)];
        PredictionCounts counts = await StoredProgress.CountAsync(store, manifest, stored, cancellationToken);
        var ledger = new ShardLedger([.. shards.Select(shard => shard.Count)], stored, options.Value.AttemptsLimit);
        var sizing = new LeaseSizing(options.Value.LeaseDuration, options.Value.LeaseSamplesLimit);
        StoredPartials partials = await StoredPartials.ReadAsync(store, run, shards, stored, kept, cancellationToken);
        return new ActiveRun(manifest, shards, ledger, new RunTally(counts), sizing, partials, again) { Storage = new RunStorage(reading.Images, probes) };
    }

    /// <summary>Frees the samples as read: a run takes hours, and the machine has other uses for the memory.</summary>
    private static void GiveBackMemory() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    /// <summary>Reads, packs and releases one benchmark after another, so that the samples are in memory only once, packed.</summary>
    private async Task<RunReading> ReadAsync(RunManifest manifest, CancellationToken cancellationToken)
    {
        var shards = ImmutableArray.CreateBuilder<PackedShard>();
        var needed = ImmutableArray.CreateBuilder<NeededImages>();
        foreach (BenchmarkManifest described in manifest.Benchmarks)
        {
            Benchmark benchmark = await ReadUnchangedAsync(manifest.Run, described, manifest.Limit, cancellationToken);
            // Only a run that began with missing images may go on without some.
            bool isPartial = described.Incomplete is { MissingImages: > 0 };
            needed.Add(NeededImages.Of(benchmark, isPartial ? await source.FindMissingImagesAsync(benchmark, cancellationToken) : []));
            shards.AddRange(RunReading.Pack(benchmark, manifest.ShardSize, shards.Count));
        }

        return new RunReading(manifest, shards.DrainToImmutable(), needed.DrainToImmutable());
    }

    private async Task<Benchmark> ReadUnchangedAsync(RunId run, BenchmarkManifest described, int? limit, CancellationToken cancellationToken)
    {
        Benchmark benchmark = RunPlanning.Take(await source.ReadAsync(described.Definition.Name, cancellationToken), limit);
        benchmark = benchmark with { Definition = benchmark.Definition.AskedAs(described.Definition.PromptTemplate) };
        // Images may come and go while a run is interrupted: the manifest keeps what was missing at the start.
        var changed = ManifestComparison.Compare(described, RunPlanning.Describe(benchmark) with { Incomplete = described.Incomplete });
        return changed.IsEmpty ? benchmark : throw new PrerequisiteException(ManifestComparison.Refusal(run, changed));
    }
}
