using System.Net;
using TinyGptV.Evaluation.Inference;

namespace TinyGptV.Cli.Silo;

/// <summary>One silo of a cluster, from its start until the process is told to stop.</summary>
/// <param name="environment">Where the line goes that says that the silo is ready.</param>
internal sealed class SiloSession(ProgramEnvironment environment)
{
    public Task<int> RunAsync(SiloOptions options, CancellationToken stop) =>
        options.Role == SiloRole.Coordinator ? CoordinateAsync(options, stop) : ReplicateAsync(options, stop);

    private async Task<int> CoordinateAsync(SiloOptions options, CancellationToken stop)
    {
        var settings = Common(options) with
        {
            Coordinator = new CoordinatorFolders(options.Data, environment.ShippedBenchmarks, options.Runs),
        };
        return await ServeAsync(settings, silo => $"silo {silo.Silo}, gateway {silo.Gateway}, benchmarks in {options.Data}, runs in {options.Runs}", stop);
    }

    private async Task<int> ReplicateAsync(SiloOptions options, CancellationToken stop)
    {
        IPEndPoint primary = (await options.Primary.ResolveAsync(stop))[0];
        // A replica that others can see can answer: the model is loaded before the silo joins.
        await using ModelLease model = await ModelLease.LoadAsync(environment, options.Model, stop);
        var settings = Common(options) with { Primary = primary, Replica = new LoadedReplica(model.Model, options.Data) };
        return await ServeAsync(settings, silo => $"silo {silo.Silo}, model {Describe(model.Model.Identity)}, benchmarks in {options.Data}", stop);
    }

    private static SiloSettings Common(SiloOptions options) => new()
    {
        Name = options.Name,
        SiloPort = options.SiloPort,
        GatewayPort = options.GatewayPort,
        Verbose = options.Verbose,
    };

    private async Task<int> ServeAsync(SiloSettings settings, Func<SiloHost, string> describe, CancellationToken stop)
    {
        string role = settings.Coordinator is null ? "replica" : "coordinator";
        try
        {
            await using SiloHost silo = await SiloHost.StartAsync(settings, environment.Time, stop);
            await environment.Output.WriteLineAsync($"{role} '{settings.Name}' is ready: {describe(silo)}");
            await environment.Output.FlushAsync(CancellationToken.None);
            await Task.Delay(Timeout.InfiniteTimeSpan, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await environment.Output.WriteLineAsync($"{role} '{settings.Name}' has stopped");
        }
        return ExitCode.Success;
    }

    private static string Describe(ModelIdentity identity) => $"{identity.Name} ({identity.Digest[..Math.Min(12, identity.Digest.Length)]})";
}
