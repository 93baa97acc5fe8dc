using System.Net;
using System.Net.Sockets;
using TinyGptV.Backends;
using TinyGptV.Cli.Display;
using TinyGptV.Cluster.Client;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Cluster.Placement;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Hosting;
using TinyGptV.Hosting.Membership;
using TinyGptV.Hosting.Telemetry;
using TinyGptV.Hosting.Web;
using TinyGptV.Storage;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Cli.Verbs;

/// <summary>One silo of a cluster, from its start until the process is stopped.</summary>
/// <param name="environment">Where the ready line goes.</param>
internal sealed class SiloSession(ProgramEnvironment environment)
{
    private readonly SiloHealth _health = new();
    private FatalErrors? _fatalErrors;

    public async Task<int> RunAsync(SiloOptions options, CancellationToken stop)
    {
        // Started first: loading a model takes minutes, and probes must be able to see that it is in progress.
        using SiloTelemetry? telemetry = options is { Http: null, Collector: null } ? null : SiloTelemetry.Start(options.Name, options.Collector);
        await using StatusServer? status = options.Http is { } http ? await StatusServer.StartAsync(http, _health, telemetry!, stop) : null;
        if (status is not null)
            await environment.Error.WriteLineAsync($"Health and metrics at http://{status.Endpoint}");
        return await (options.Role == SiloRole.Coordinator ? CoordinateAsync(options, stop) : ReplicateAsync(options, stop));
    }

    private async Task<int> CoordinateAsync(SiloOptions options, CancellationToken stop)
    {
        var storage = new StorageAccess(options.Storage);
        await using ClusterMembership membership = await OpenMembershipAsync(options, stop);
        IRunStore runs = storage.OpenRuns(options.Runs);
        var settings = SettingsOf(options, membership) with
        {
            Runs = new StorePlace(await runs.IdentifyAsync(stop), PlaceOf(options.Runs)),
            Data = await IdentifyDataAsync(storage, options, mayWrite: true, stop),
            Coordinator = new CoordinatorStorage(
                storage.OpenBenchmarks(options.Data, environment.ShippedBenchmarks), storage.OpenImages(options.Data), runs, new LocalProcesses()),
        };
        return await ServeAsync(settings, silo => $"silo {silo.Silo}, gateway {silo.Gateway}, benchmarks in {options.Data}, runs in {options.Runs}", stop);
    }

    private async Task<int> ReplicateAsync(SiloOptions options, CancellationToken stop)
    {
        var storage = new StorageAccess(options.Storage);
        bool joinsPrimary = options.Membership.Provider == ClusteringProvider.Localhost;
        IPEndPoint? primary = joinsPrimary ? (await options.Primary.ResolveAsync(stop))[0] : null;
        // Loads the model before joining, so that every visible replica can answer.
        _health.Enter(SiloPhase.Loading);
        await using LocalReplicas replicas = await LocalReplicas.LoadAsync(
            options.Name, ModelSources.For(environment.LoadModel, options.Model, storage, environment.Time, options.Replicas), stop);
        _health.Enter(SiloPhase.Starting);
        await using ClusterMembership membership = await OpenMembershipAsync(options, stop);
        if (primary is not null)
            await WaitForAsync(primary, options.Wait, stop);
        var settings = SettingsOf(options, membership) with
        {
            Primary = primary,
            Replica = new ReplicaRole(replicas, storage.OpenImages(options.Data)),
            Data = await IdentifyDataAsync(storage, options, mayWrite: false, stop),
        };
        return await ServeAsync(settings, silo => $"silo {silo.Silo}, {Describe(replicas)}, benchmarks in {options.Data}", stop);
    }

    private static async Task<StorePlace?> IdentifyDataAsync(StorageAccess storage, SiloOptions options, bool mayWrite, CancellationToken stop) =>
        await storage.IdentifyDataAsync(options.Data, mayWrite, stop) is { } token ? new StorePlace(token, PlaceOf(options.Data)) : null;

    /// <summary>A folder has the same path on many machines.</summary>
    private static string PlaceOf(StorageLocation location) =>
        location.Folder is { } folder ? $"'{Path.GetFullPath(folder)}' on host '{Environment.MachineName}'" : $"'{location}'";

    private Task<ClusterMembership> OpenMembershipAsync(SiloOptions options, CancellationToken stop) =>
        ClusterMembership.OpenAsync(options.Membership, options.Wait, environment.Error, environment.Time, stop);

    /// <summary>Waits until the coordinator listens; a silo without one would wait forever and print nothing.</summary>
    private async Task WaitForAsync(IPEndPoint primary, TimeSpan wait, CancellationToken stop)
    {
        bool listens = await Polling.UntilAsync(
            () => ListensAsync(primary, stop), environment.Time, stop, wait,
            () => environment.Error.WriteLineAsync($"Waiting for the coordinator at {primary}"));
        if (!listens)
            throw new PrerequisiteException(
                $"No coordinator answers at {primary} after {wait.TotalSeconds:0} s. "
                + "Start it with 'tinygptv silo --role coordinator', or name another with --primary.")
            {
                MayPass = true,
            };
    }

    private static async Task<bool> ListensAsync(IPEndPoint endpoint, CancellationToken stop)
    {
        using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(endpoint, stop);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>The settings that coordinators and replicas both have.</summary>
    private SiloSettings SettingsOf(SiloOptions options, ClusterMembership membership) => new()
    {
        Name = options.Name,
        Endpoints = options.Endpoints,
        Membership = membership,
        Grace = options.Grace,
        Log = options.Log,
        Dashboard = options.Dashboard,
        FatalErrors = _fatalErrors = new FatalErrors(
            options.Name, _health, environment.Error, declaredDead => Environment.Exit(declaredDead ? ExitCode.DeclaredDead : ExitCode.Bug)),
        Traced = options.Collector is not null,
    };

    private async Task<int> ServeAsync(SiloSettings settings, Func<SiloHost, string> describe, CancellationToken stop)
    {
        string role = settings.Coordinator is null ? "replica" : "coordinator";
        try
        {
            await using SiloHost silo = await SiloHost.StartAsync(settings, environment.Time, stop);
            if (settings.Replica is { } replica)
                _health.Heed(() => PhaseOf(replica.Replicas));
            _health.Enter(SiloPhase.Ready);
            await environment.Output.WriteLineAsync($"{role} '{settings.Name}' is ready: {describe(silo)}");
            await environment.Output.FlushAsync(CancellationToken.None);
            if (await WhenEndsAsync(silo, settings, stop))
                return ExitCode.DeclaredDead;
            _health.Enter(SiloPhase.Draining);
            if (!await silo.DrainAsync(settings.Grace, environment.Time))
                await environment.Error.WriteLineAsync(
                    $"{role} '{settings.Name}' is still busy after {settings.Grace.TotalSeconds:0} s; its work goes to other replicas.");
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped before it joined.
        }
        await environment.Output.WriteLineAsync($"{role} '{settings.Name}' has stopped");
        return ExitCode.Success;
    }

    /// <returns>True if the silo leaves because its membership store has forgotten it; false if it is told to stop.</returns>
    /// <exception cref="PrerequisiteException">It uses other stores than its cluster.</exception>
    private async Task<bool> WhenEndsAsync(SiloHost silo, SiloSettings settings, CancellationToken stop)
    {
        Task stopped = Task.Delay(Timeout.InfiniteTimeSpan, stop);
        Task ended = await Task.WhenAny(stopped, silo.WhenRefused, silo.WhenForgotten);
        if (ended == silo.WhenRefused)
            throw new PrerequisiteException(await silo.WhenRefused);
        if (ended == stopped)
            return false;
        _fatalErrors?.Leave();
        await environment.Error.WriteLineAsync(
            $"silo '{settings.Name}' stops: the membership store, {settings.Membership.Place}, has forgotten it; the store was emptied or restarted "
            + "without its data. Start it again.");
        return true;
    }

    /// <summary>A silo is ready while one of its replicas has a model.</summary>
    private static SiloPhase PhaseOf(LocalReplicas replicas)
    {
        ReplicaPhase[] phases = [.. replicas.Models.Select(model => model.Status.Phase)];
        if (phases.Contains(ReplicaPhase.Ready))
            return SiloPhase.Ready;
        return phases.Contains(ReplicaPhase.Loading) ? SiloPhase.Loading : SiloPhase.Failed;
    }

    private static string Describe(LocalReplicas replicas)
    {
        string model = $"model {replicas.Models[0].Status.Model!.Describe()}";
        return replicas.Models.Length == 1 ? model : $"{model} as {string.Join(", ", replicas.Models.Select(one => one.Replica))}";
    }
}
