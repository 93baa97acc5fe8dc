using System.Collections.Immutable;
using System.Globalization;
using TinyGptV.Cli.Display;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Hosting;
using TinyGptV.Hosting.Logging;
using TinyGptV.Hosting.Membership;
using TinyGptV.Storage;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Cli.Verbs;

/// <summary>The options of <c>tinygptv runs</c>: lists the runs of a cluster if one is named, else those in a folder.</summary>
internal sealed record RunListingOptions(ClusterEntrance Entrance, StorageLocation Runs, OutputFormat Format);

/// <summary>Lists runs with their progress.</summary>
/// <param name="environment">Where the list goes.</param>
internal sealed class RunListing(ProgramEnvironment environment)
{
    private const int RunsAtOnce = 16;

    public async Task<int> WriteAsync(RunListingOptions options, CancellationToken cancellationToken)
    {
        ImmutableArray<RunProgress> runs = options.Entrance.LeadsElsewhere
            ? await AskAsync(options, cancellationToken)
            : await ReadAsync(options.Runs, cancellationToken);
        if (options.Format == OutputFormat.Json)
            await JsonDisplay.WriteAsync(runs, environment.Output);
        else if (runs.IsEmpty)
            await environment.Error.WriteLineAsync($"No runs in {(options.Entrance.LeadsElsewhere ? "the cluster" : $"'{options.Runs}'")}.");
        else
            await TableOf(runs).WriteToAsync(environment.Output);
        return ExitCode.Success;
    }

    private async Task<ImmutableArray<RunProgress>> AskAsync(RunListingOptions options, CancellationToken cancellationToken)
    {
        await using ClusterAccess cluster = await ClusterAccess.JoinAsync(
            options.Entrance, environment.Error, environment.Time, new LogOptions(), cancellationToken);
        var catalog = cluster.Grains.GetGrain<IRunCatalogGrain>(0);
        return [.. await cluster.WhileThereAsync(
            ended => cluster.AskAsync(() => catalog.ListAsync(ended).ToArrayAsync(ended), environment.Time, ended), ClusterAccess.AskLater, cancellationToken)];
    }

    private async Task<ImmutableArray<RunProgress>> ReadAsync(StorageLocation location, CancellationToken cancellationToken)
    {
        IRunStore store = new StorageAccess(environment.Storage).OpenRuns(location);
        var runs = ImmutableArray.CreateBuilder<RunProgress>();
        foreach (RunId[] some in (await store.ListAsync(cancellationToken)).Chunk(RunsAtOnce))
            runs.AddRange(await Task.WhenAll(some.Select(run => ReadAsync(store, run, cancellationToken))));
        return runs.DrainToImmutable();
    }

    private async Task<RunProgress> ReadAsync(IRunStore store, RunId run, CancellationToken cancellationToken)
    {
        try
        {
            var owner = await RunOwnership.ReadAsync(store, run, cancellationToken);
            string? workedOnBy = owner is { } found && found.Ownership.IsHeld(new LocalProcesses(), environment.Time.GetUtcNow())
                ? found.Ownership.Owner.Place
                : null;
            return await StoredProgress.ReadAsync(store, run, workedOnBy, cancellationToken);
        }
        catch (PrerequisiteException exception)
        {
            return new RunProgress { Run = run, Phase = RunPhase.Failed, Problem = exception.Message };
        }
    }

    private static TextTable TableOf(ImmutableArray<RunProgress> runs)
    {
        var table = new TextTable("run", "phase", ">priority", ">done", ">failed", "benchmarks", "remark");
        foreach (RunProgress run in runs)
            table.Add(
                run.Run.Value,
                run.Phase == RunPhase.Cancelled ? "incomplete" : run.Phase.ToString().ToLowerInvariant(),
                run.Priority.ToString(CultureInfo.InvariantCulture),
                string.Create(CultureInfo.InvariantCulture, $"{run.Benchmarks.Sum(one => one.Predicted)}/{run.Benchmarks.Sum(one => one.Samples)}"),
                run.Failed().ToString(CultureInfo.InvariantCulture),
                string.Join(", ", run.Benchmarks.Select(one => one.Benchmark.Value)),
                run.Problem ?? "");
        return table;
    }
}
