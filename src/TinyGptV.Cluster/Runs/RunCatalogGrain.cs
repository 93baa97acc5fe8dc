using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Cluster.Placement;
using TinyGptV.Cluster.Replicas;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Inference;
using TinyGptV.Evaluation.Models;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Scoring;
using TinyGptV.Evaluation.Sharding;

namespace TinyGptV.Cluster.Runs;

/// <inheritdoc cref="IRunCatalogGrain"/>
/// <remarks>
/// Reentrant, because reading benchmarks takes long. No state is held across an await: the grain remembers only which runs are complete,
/// which is final, and of two starts of one run the store accepts one manifest.
/// </remarks>
[CoordinatorPlacement]
[Orleans.Concurrency.Reentrant]
internal sealed class RunCatalogGrain(IBenchmarkSource source, IRunStore store, ReplicaDiscovery discovery, ReadingHandover handover) : Grain, IRunCatalogGrain
{
    private const int RunsAtOnce = 16;

    private readonly HashSet<RunId> _complete = [];

    /// <summary>Far longer than an answer takes, and far shorter than the call timeout for a hanging silo.</summary>
    private static readonly TimeSpan DescriptionTime = TimeSpan.FromSeconds(2);

    public async IAsyncEnumerable<RunStart> StartAsync(RunRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return await TryStartAsync(request, cancellationToken);
    }

    public async IAsyncEnumerable<RunProgress> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (RunId[] some in (await store.ListAsync(cancellationToken)).Chunk(RunsAtOnce))
        {
            // An inactive run first counts its stored predictions, which may take longer than a call may. The first read of the stream waits for that.
            var first = some.Select(run => RunGrain(run).WatchAsync(cancellationToken).FirstAsync(cancellationToken).AsTask());
            foreach (RunProgress progress in await Task.WhenAll(first))
                yield return progress;
        }
    }

    public async IAsyncEnumerable<RunProgress> AdoptAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var runs = await store.ListAsync(cancellationToken);
        // Read in parallel: one by one, an interrupted run would wait for the states of all complete runs whenever a coordinator starts.
        foreach (RunId[] some in runs.Where(run => !_complete.Contains(run)).Chunk(RunsAtOnce))
        {
            foreach (RunProgress? progress in await Task.WhenAll(some.Select(run => TryAdoptAsync(run, cancellationToken))))
            {
                if (progress is { } adopted)
                    yield return adopted;
            }
        }
    }

    private async Task<RunStart> TryStartAsync(RunRequest request, CancellationToken cancellationToken)
    {
        try
        {
            Check(request);
            if (await FindModelAsync(cancellationToken) is not { } model)
                return new RunStart(RunStartStatus.NoReplica, null, "No replica is live. Start one, or ask again when it has loaded its model.");
            RunReading reading = await OffTurn.RunAsync(() => ReadAsync(request, model, cancellationToken), cancellationToken);
            return await StartAsync(reading, model, request, cancellationToken);
        }
        catch (Exception exception) when (exception is PrerequisiteException { MayPass: true } or IOException)
        {
            return new RunStart(RunStartStatus.Unavailable, null, exception.Message);
        }
        catch (Exception exception) when (exception is PrerequisiteException or UnauthorizedAccessException)
        {
            return new RunStart(RunStartStatus.Refused, null, exception.Message);
        }
    }

    /// <returns>The run's progress; null if it need not be resumed.</returns>
    private async Task<RunProgress?> TryAdoptAsync(RunId run, CancellationToken cancellationToken)
    {
        switch (await TryReadPhaseAsync(run, cancellationToken))
        {
            case RunPhase.Completed:
                _complete.Add(run);
                return null;
            case RunPhase.Running:
                return await RunGrain(run).ContinueAsync(cancellationToken);
            default:
                return null;
        }
    }

    private async Task<RunPhase?> TryReadPhaseAsync(RunId run, CancellationToken cancellationToken)
    {
        try
        {
            return (await RunState.ReadAsync(store, run, cancellationToken))?.Phase;
        }
        catch (PrerequisiteException)
        {
            // A request for this run reports the error; it must not keep the other runs from being resumed.
            return null;
        }
    }

    private static void Check(RunRequest request)
    {
        if (request.Run is { } run)
            RunId.Parse(run.Value);
        if (request.ShardSize < 1)
            throw new PrerequisiteException($"A shard has at least 1 sample; found {request.ShardSize}. Ask for a larger shard size.");
        if (request.Limit < 1)
            throw new PrerequisiteException(
                $"At least 1 sample of each benchmark is evaluated; found a limit of {request.Limit}. Leave the limit out for all.");
        if (request.Benchmarks.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new PrerequisiteException($"Every benchmark is named once; found '{twice.Key}' twice. Name it once.");
    }

    /// <summary>The model of the first live replica that answers; replicas with another model will not be used.</summary>
    private async Task<ModelDescription?> FindModelAsync(CancellationToken cancellationToken)
    {
        // Ask all at once: one that has just died or hangs must not delay the others.
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<ModelDescription?>[] asked = [.. discovery.FindLive().Select(replica => FindModelAsync(replica, enough.Token))];
        await Task.WhenAny(Task.WhenAll(asked), Task.Delay(DescriptionTime, enough.Token));
        // Of several models, take the first by replica name, so that the same cluster gives the same run.
        IAsyncEnumerable<Task<ModelDescription?>> answers = asked.Where(answer => answer.IsCompleted).ToAsyncEnumerable().Concat(Task.WhenEach(asked));
        ModelDescription? first = null;
        await foreach (Task<ModelDescription?> answer in answers)
        {
            if ((first = await answer) is not null)
                break;
        }

        await enough.CancelAsync();
        return first;
    }

    private async Task<ModelDescription?> FindModelAsync(string replica, CancellationToken cancellationToken) =>
        (await discovery.TryDescribeAsync(replica, cancellationToken)).Model;

    /// <summary>Reads, describes, packs and releases one benchmark after another, so that the samples are in memory only once, packed.</summary>
    private async Task<RunReading> ReadAsync(RunRequest request, ModelDescription model, CancellationToken cancellationToken)
    {
        var benchmarks = ImmutableArray.CreateBuilder<BenchmarkManifest>();
        var shards = ImmutableArray.CreateBuilder<PackedShard>();
        var images = ImmutableArray.CreateBuilder<NeededImages>();
        foreach (BenchmarkName name in await ChooseAsync(request, cancellationToken))
        {
            if (await ReadAsync(name, request, model, shards, images, cancellationToken) is { } described)
                benchmarks.Add(described);
        }

        if (benchmarks.Count == 0)
            throw NoBenchmark();
        if (!request.AllowPartial)
            await RefuseIncompleteAsync(benchmarks, cancellationToken);
        return new RunReading(Describe(request, model.Identity, benchmarks.DrainToImmutable()), shards.DrainToImmutable(), images.DrainToImmutable());
    }

    /// <returns>Null if the benchmark is left out.</returns>
    private async Task<BenchmarkManifest?> ReadAsync(
        BenchmarkName name, RunRequest request, ModelDescription model, ImmutableArray<PackedShard>.Builder shards,
        ImmutableArray<NeededImages>.Builder images, CancellationToken cancellationToken)
    {
        Benchmark whole = await source.ReadAsync(name, cancellationToken);
        whole = whole with { Definition = model.Chat.Join(whole.Definition) };
        if (!CanBeAsked(whole.Definition, model, isNamed: !request.Benchmarks.IsDefaultOrEmpty))
            return null;
        if (request.Mode is { } mode)
            Scorers.For(whole.Definition, mode);
        Benchmark chosen = RunPlanning.Take(whole, request.Limit);
        var missing = await source.FindMissingImagesAsync(chosen, cancellationToken);
        images.Add(NeededImages.Of(chosen, missing));
        shards.AddRange(RunReading.Pack(chosen, request.ShardSize, shards.Count));
        return RunPlanning.Describe(chosen) with { Incomplete = IncompleteSet.Of(whole, request.Limit, missing) };
    }

    private static RunManifest Describe(RunRequest request, ModelIdentity model, ImmutableArray<BenchmarkManifest> benchmarks)
    {
        var manifest = new RunManifest
        {
            Run = request.Run ?? new RunId(""),
            ProgramVersion = ProgramVersion.Text,
            Model = model,
            Benchmarks = benchmarks,
            ShardSize = request.ShardSize,
            Limit = request.Limit,
        };
        return request.Run is null ? manifest with { Run = RunNaming.NameFor(manifest) } : manifest;
    }

    private async Task RefuseIncompleteAsync(IEnumerable<BenchmarkManifest> benchmarks, CancellationToken cancellationToken)
    {
        var incomplete = new List<string>();
        foreach (BenchmarkManifest benchmark in benchmarks.Where(benchmark => benchmark.Incomplete is not null))
        {
            var packed = await source.FindPackedAsync(benchmark.Definition, cancellationToken);
            incomplete.Add($"Benchmark '{benchmark.Definition.Name}' is incomplete: {benchmark.Incomplete!.Describe()}."
                + (packed.IsEmpty ? "" : $" Still packed: {string.Join(", ", packed)}. Unpack them."));
        }

        if (incomplete.Count > 0)
            throw new PrerequisiteException(
                string.Join('\n', incomplete) + "\nComplete it, as its README describes ('tinygptv data verify' lists all that is missing), "
                + "or evaluate what is there with --allow-partial, which marks the report.");
    }

    private async Task<ImmutableArray<BenchmarkName>> ChooseAsync(RunRequest request, CancellationToken cancellationToken)
    {
        var names = request.Benchmarks.IsDefaultOrEmpty ? await source.ListAsync(cancellationToken) : request.Benchmarks;
        return !names.IsEmpty ? names : throw NoBenchmark();
    }

    /// <summary>A benchmark that the model does not support is left out of a run of all benchmarks, and refused if named.</summary>
    private static bool CanBeAsked(BenchmarkDefinition definition, ModelDescription model, bool isNamed)
    {
        if (CapabilityCheck.WhyNot(definition, model) is not { } reason)
            return true;
        return isNamed
            ? throw new PrerequisiteException(
                $"Benchmark '{definition.Name}' cannot be evaluated: {reason}. Name others, or score another system's answers with 'tinygptv import'.")
            : false;
    }

    private static PrerequisiteException NoBenchmark() =>
        new("The coordinator was expected to have a benchmark to evaluate, and has none. Give it a folder with benchmarks.");

    private async Task<RunStart> StartAsync(RunReading reading, ModelDescription model, RunRequest request, CancellationToken cancellationToken)
    {
        if (request.RetryFailed)
        {
            RunManifest found = await RetriedRun.FindAsync(store, reading.Manifest, isNamed: request.Run is not null, cancellationToken);
            reading = new RunReading(found, reading.Shards, reading.Images);
        }

        RunManifest manifest = reading.Manifest;
        if (!await store.TryCreateAsync(manifest, cancellationToken)
            && await store.ReadManifestAsync(manifest.Run, cancellationToken) is { } stored
            && ManifestComparison.Compare(stored, manifest) is { IsEmpty: false } differences)
            return new RunStart(RunStartStatus.Refused, null, ManifestComparison.Refusal(manifest.Run, differences));
        IEvaluationRunGrain run = RunGrain(manifest.Run);
        using (handover.Offer(reading))
            await (request.RetryFailed ? run.RetryAsync(request.Priority, cancellationToken) : run.ResumeAsync(request.Priority, cancellationToken));
        return new RunStart(RunStartStatus.Started, manifest.Run, null, RemarkOn(manifest, model));
    }

    private static string? RemarkOn(RunManifest manifest, ModelDescription model)
    {
        string[] remarks = [.. manifest.Benchmarks.Select(benchmark => CapabilityCheck.WhatWillLack(benchmark.Definition, model)).OfType<string>()];
        return remarks.Length == 0 ? null : string.Join('\n', remarks);
    }

    private IEvaluationRunGrain RunGrain(RunId run) => GrainFactory.GetGrain<IEvaluationRunGrain>(run.Value);
}
