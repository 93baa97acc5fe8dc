using TinyGptV.Cli.Display;
using TinyGptV.Cli.Silo;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cli.Runs;

/// <summary>One evaluation from its request to its table: starts or joins a cluster, starts the run, shows its progress, prints its report.</summary>
/// <param name="environment">Where text goes and how models are loaded.</param>
internal sealed class EvaluationSession(ProgramEnvironment environment)
{
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(250);

    public async Task<int> RunAsync(EvalOptions options, CancellationToken cancellationToken)
    {
        if (!options.Cluster.IsEmpty)
        {
            await using ClusterAccess remote = await ClusterAccess.JoinAsync(options.Cluster, options.Wait, environment.Time, options.Verbose, cancellationToken);
            return await EvaluateAsync(remote, options, cancellationToken);
        }

        await environment.Error.WriteLineAsync($"Loading the model in {options.Model.Folder}");
        await using ModelLease model = await ModelLease.LoadAsync(environment, options.Model, cancellationToken);
        var settings = new SiloSettings
        {
            Name = "local",
            Coordinator = new CoordinatorFolders(options.Data, environment.ShippedBenchmarks, options.Runs),
            Replica = new LoadedReplica(model.Model, options.Data),
            Verbose = options.Verbose,
        };
        await using ClusterAccess embedded = await ClusterAccess.EmbedAsync(settings, environment.Time, cancellationToken);
        return await EvaluateAsync(embedded, options, cancellationToken);
    }

    private async Task<int> EvaluateAsync(ClusterAccess cluster, EvalOptions options, CancellationToken cancellationToken)
    {
        RunId run = await StartAsync(cluster, options, cancellationToken);
        var grain = cluster.Grains.GetGrain<IEvaluationRunGrain>(run.Value);
        RunProgress? end;
        try
        {
            end = await Display().ShowAsync(grain.WatchAsync(cancellationToken), cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return await StopAsync(cluster, grain, run);
        }
        await environment.Error.WriteLineAsync(end?.ToString());
        return ExitCode.Success;
    }

    private async Task<RunId> StartAsync(ClusterAccess cluster, EvalOptions options, CancellationToken cancellationToken)
    {
        var catalog = cluster.Grains.GetGrain<IRunCatalogGrain>(0);
        long began = environment.Time.GetTimestamp();
        for (bool told = false; ; told = true)
        {
            RunStart start = await catalog.StartAsync(options.Request, cancellationToken);
            switch (start.Status)
            {
                case RunStartStatus.Started:
                    return start.Run!.Value;
                case RunStartStatus.NoReplica when environment.Time.GetElapsedTime(began) < options.Wait:
                    if (!told) await environment.Error.WriteLineAsync("Waiting for a first replica");
                    await Task.Delay(AskAgainAfter, environment.Time, cancellationToken);
                    break;
                default:
                    throw new PrerequisiteException(start.Problem ?? $"The run was not started ({start.Status}).");
            }
        }
    }

    private IRunDisplay Display() => environment.ErrorIsTerminal
        ? new TerminalRunDisplay(environment.Error, environment.Time)
        : new PlainRunDisplay(environment.Error, environment.Time);

    private async Task<int> StopAsync(ClusterAccess cluster, IEvaluationRunGrain grain, RunId run)
    {
        if (cluster.IsEmbedded) await grain.CancelAsync(CancellationToken.None);
        await environment.Error.WriteLineAsync(cluster.IsEmbedded
            ? $"Stopped. What is predicted is kept; the same command continues the run '{run}'."
            : $"Stopped watching. The cluster goes on with the run '{run}'; the same command watches it again.");
        return ExitCode.Interrupted;
    }
}
