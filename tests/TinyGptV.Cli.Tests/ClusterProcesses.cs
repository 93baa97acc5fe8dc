using System.Text.RegularExpressions;
using TinyGptV.Cli.Verbs;

namespace TinyGptV.Cli.Tests;

/// <summary>
/// A coordinator and replicas as processes on loopback, on free ports. They find each other through a membership store if the environment
/// names one, else by the coordinator's address; all options except names and ports come from the environment.
/// </summary>
internal sealed partial class ClusterProcesses : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly List<(string, string)> _variables;
    private readonly List<ProgramProcess> _silos = [];

    private ClusterProcesses(TemporaryFolder folder, IEnumerable<(string, string)> variables) => (_folder, _variables) = (folder, [.. variables]);

    public ProgramProcess Coordinator => _silos[0];

    public ProgramProcess FirstReplica => _silos[1];

    public ProgramProcess SecondReplica => _silos[2];

    public IReadOnlyList<ProgramProcess> Silos => _silos;

    /// <summary>Starts all processes (in parallel with a membership store) and waits until they are ready.</summary>
    /// <param name="folder">The working folder, which contains <c>runs</c> unless the environment says otherwise.</param>
    /// <param name="variables">The environment of every process, including the client.</param>
    /// <param name="replicas">The options of each replica; the replicas are named r1, r2 and so on.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public static async Task<ClusterProcesses> StartAsync(
        TemporaryFolder folder, IEnumerable<(string Name, string Value)> variables, string[][] replicas, CancellationToken cancellationToken)
    {
        var cluster = new ClusterProcesses(folder, variables);
        cluster.Add("coordinator", "c1", "--gateway-port", "0");
        bool meetsInStore = cluster._variables.Exists(variable => variable.Item1 == "TINYGPTV_MEMBERSHIP");
        if (!meetsInStore)
            cluster.Remember(await WhenReadyAsync(cluster.Coordinator, cancellationToken));
        foreach ((int number, string[] options) in replicas.Index())
            cluster.Add("replica", $"r{number + 1}", options);
        foreach (ProgramProcess silo in cluster._silos.Skip(meetsInStore ? 0 : 1))
            await WhenReadyAsync(silo, cancellationToken);
        return cluster;
    }

    public ProgramProcess Evaluate(params string[] options) => ProgramProcess.Start(_folder.Path, _variables, ["eval", .. options]);

    public ProgramProcess Control(params string[] command) => ProgramProcess.Start(_folder.Path, _variables, ["runs", .. command]);

    /// <summary>Stops every silo gracefully with SIGTERM, the coordinator last because others may join by its address.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await StopAsync([.. _silos.Skip(1)], cancellationToken);
        await StopAsync([Coordinator], cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ProgramProcess silo in _silos)
            await silo.DisposeAsync();
    }

    private static async Task StopAsync(ProgramProcess[] silos, CancellationToken cancellationToken)
    {
        foreach (ProgramProcess silo in silos)
            silo.Signal("TERM");
        foreach (ProgramProcess silo in silos)
        {
            Assert.True(await silo.WaitForExitAsync(cancellationToken) == ExitCode.Success, silo.Transcript);
            Assert.Contains("has stopped", silo.Output, StringComparison.Ordinal);
        }
    }

    private static Task<string> WhenReadyAsync(ProgramProcess silo, CancellationToken cancellationToken) =>
        silo.WaitForLineAsync(line => line.Contains("is ready: ", StringComparison.Ordinal), cancellationToken);

    private void Add(string role, string name, params string[] options) => _silos.Add(ProgramProcess.Start(
        _folder.Path, _variables, ["silo", "--role", role, "--name", name, "--silo-port", "0", "--verbose", .. options]));

    private void Remember(string ready)
    {
        Match addresses = Addresses.Match(ready);
        _variables.Add(("TINYGPTV_PRIMARY", addresses.Groups["silo"].Value));
        _variables.Add(("TINYGPTV_CLUSTER", addresses.Groups["gateway"].Value));
    }

    [GeneratedRegex(@"silo (?<silo>\S+), gateway (?<gateway>\S+), ")]
    private static partial Regex Addresses { get; }
}
