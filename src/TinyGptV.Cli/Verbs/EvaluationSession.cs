using System.Globalization;
using System.Text.Json.Nodes;
using TinyGptV.Backends;
using TinyGptV.Cli.Display;
using TinyGptV.Cluster.Client;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Hosting;
using TinyGptV.Hosting.Membership;
using TinyGptV.Storage;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Cli.Verbs;

/// <summary>One evaluation from request to table: starts or joins a cluster, starts the run, shows its progress, prints its report.</summary>
/// <param name="environment">Where text goes and how models are loaded.</param>
internal sealed class EvaluationSession(ProgramEnvironment environment)
{
    private const string Embedded = "local";

    /// <returns>The exit code.</returns>
    /// <exception cref="PrerequisiteException">The run cannot be started or cannot go on.</exception>
    public async Task<int> RunAsync(EvalOptions options, CancellationToken cancellationToken)
    {
        if (options.Entrance.LeadsElsewhere)
        {
            await using ClusterAccess remote = await ClusterAccess.JoinAsync(
                options.Entrance, environment.Error, environment.Time, options.Log, cancellationToken);
            return await EvaluateAsync(remote, options, cancellationToken);
        }

        await environment.Error.WriteLineAsync(options.Model.ScriptDelay is null
            ? $"Loading the model from {options.Model.Folder}"
            : "Using a script instead of a model: the answers are meaningless");
        var storage = new StorageAccess(options.Storage);
        await using LocalReplicas replicas = await LocalReplicas.LoadAsync(
            Embedded, ModelSources.For(environment.LoadModel, options.Model, storage, environment.Time), cancellationToken);
        var settings = new SiloSettings
        {
            Name = Embedded,
            Coordinator = new CoordinatorStorage(
                storage.OpenBenchmarks(options.Data, environment.ShippedBenchmarks), storage.OpenImages(options.Data), storage.OpenRuns(options.Runs),
                new LocalProcesses()),
            Replica = new ReplicaRole(replicas, storage.OpenImages(options.Data)),
            Membership = ClusterMembership.Embedded(),
            Log = options.Log,
        };
        await using ClusterAccess embedded = await ClusterAccess.EmbedAsync(settings, environment.Time, cancellationToken);
        return await EvaluateAsync(embedded, options, cancellationToken);
    }

    private async Task<int> EvaluateAsync(ClusterAccess cluster, EvalOptions options, CancellationToken interrupted)
    {
        RunId? run = null;
        try
        {
            return await cluster.WhileThereAsync(
                async ended => await EvaluateAsync(cluster, (run = await StartAsync(cluster, options, ended)).Value, options, ended),
                "Predictions are kept in its store; when the cluster is back, the same command continues the run.", interrupted);
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            return await StopAsync(cluster, run);
        }
    }

    private async Task<int> EvaluateAsync(ClusterAccess cluster, RunId run, EvalOptions options, CancellationToken cancellationToken)
    {
        RunProgress end = await FollowAsync(cluster, run, cancellationToken);
        if (end.Phase != RunPhase.Completed)
            throw new PrerequisiteException(end.Problem ?? $"The run '{run}' was cancelled. Predictions are kept; the same command continues it.")
            {
                MayPass = end.MayPass,
            };
        var grain = cluster.Grains.GetGrain<IEvaluationRunGrain>(run.Value);
        RunReport report = await cluster.AskAsync(
            () => grain.ReportAsync(options.Mode, cancellationToken).SingleAsync(cancellationToken), environment.Time, cancellationToken);
        return await ConcludeAsync(end, report, options.Format);
    }

    private async Task<RunId> StartAsync(ClusterAccess cluster, EvalOptions options, CancellationToken cancellationToken)
    {
        var catalog = cluster.Grains.GetGrain<IRunCatalogGrain>(0);
        RunStart? start = null;
        await Polling.UntilAsync(HasReplicaAsync, environment.Time, cancellationToken, options.Wait, () => cluster.IsEmbedded
            ? Task.CompletedTask
            : environment.Error.WriteLineAsync("Waiting for the first replica"));
        if (start!.Remark is { } remark)
            await environment.Error.WriteLineAsync(remark);
        return start.Run ?? throw new PrerequisiteException(start.Problem ?? $"The run was not started ({start.Status}).")
        {
            MayPass = start.Status is RunStartStatus.NoReplica or RunStartStatus.Unavailable,
        };

        async Task<bool> HasReplicaAsync()
        {
            start = await cluster.AskAsync(
                () => catalog.StartAsync(options.Request, cancellationToken).SingleAsync(cancellationToken), environment.Time, cancellationToken);
            return start.Status != RunStartStatus.NoReplica;
        }
    }

    private async Task<RunProgress> FollowAsync(ClusterAccess cluster, RunId run, CancellationToken cancellationToken)
    {
        IRunDisplay display = environment.ErrorIsTerminal
            ? new TerminalRunDisplay(environment.Error, environment.Time)
            : new PlainRunDisplay(environment.Error, environment.Time);
        IAsyncEnumerable<RunProgress> snapshots = cluster.Grains.FollowAsync(run, cancellationToken).ResumedAsAtFirst(cancellationToken);
        return await display.ShowAsync(snapshots, cancellationToken)
            ?? throw new InvalidOperationException($"The run '{run}' ended without reporting its progress.");
    }

    private async Task<int> ConcludeAsync(RunProgress end, RunReport report, OutputFormat format)
    {
        if (report.Problem is { } problem)
            throw new PrerequisiteException(problem) { MayPass = report.MayPass };
        int samples = end.Benchmarks.Sum(benchmark => benchmark.Samples);
        if (format == OutputFormat.Json)
            await JsonDisplay.WriteAsync(
                new JsonObject
                {
                    ["run"] = end.Run.Value,
                    ["samples"] = samples,
                    ["resumed"] = end.Resumed,
                    ["unanswered"] = report.Unanswered,
                    ["shardsReturned"] = end.ShardsReturned,
                    ["files"] = new JsonArray([.. report.Files.Select(file => JsonValue.Create(file))]),
                    ["report"] = JsonNode.Parse(report.Json),
                },
                environment.Output);
        else
            await ReportDisplay.WriteAsync(report.Tables, environment.Output);

        if (end.Resumed > 0)
            await environment.Error.WriteLineAsync(end.Resumed == samples
                ? $"The run '{end.Run}' was already complete."
                : string.Create(CultureInfo.InvariantCulture, $"Continued the run: {end.Resumed} of {samples} samples were already predicted."));
        await environment.Error.WriteLineAsync($"Reports: {string.Join(", ", report.Files)}");
        if (report.Unanswered == 0)
            return ExitCode.Success;
        await environment.Error.WriteLineAsync(
            $"{report.Unanswered} of {samples} samples have no answer and count as wrong; see predictions.csv for the reasons.");
        return ExitCode.SamplesFailed;
    }

    private async Task<int> StopAsync(ClusterAccess cluster, RunId? run)
    {
        if (run is not { } started)
        {
            await environment.Error.WriteLineAsync("Stopped before the run started.");
            return ExitCode.Interrupted;
        }

        if (!cluster.IsEmbedded)
        {
            await environment.Error.WriteLineAsync($"Stopped watching. The cluster continues the run '{started}'; the same command watches it again.");
            return ExitCode.Interrupted;
        }

        RunProgress end = await cluster.AskAsync(() => CancelAsync(cluster, started), environment.Time, CancellationToken.None);
        await environment.Error.WriteLineAsync($"Stopped. {WhatIsKept(end)}; the same command continues the run '{started}'.");
        return ExitCode.Interrupted;
    }

    private static async ValueTask<RunProgress> CancelAsync(ClusterAccess cluster, RunId run)
    {
        var grain = cluster.Grains.GetGrain<IEvaluationRunGrain>(run.Value);
        await grain.CancelAsync(CancellationToken.None);
        return await grain.GetProgressAsync(CancellationToken.None);
    }

    /// <summary>In samples: what is kept of a shard in progress counts too.</summary>
    private static string WhatIsKept(RunProgress progress)
    {
        int samples = progress.Benchmarks.Sum(benchmark => benchmark.Samples);
        return samples == 0
            ? "Predictions are kept"
            : string.Create(
                CultureInfo.InvariantCulture, $"{progress.Benchmarks.Sum(benchmark => benchmark.Predicted)} of {samples} samples are predicted and kept");
    }
}
