namespace TinyGptV.Cli.Tests.Membership;

/// <summary>A coordinator and two replicas as processes that find each other through a store; all options but names come from the environment.</summary>
internal sealed class MemberProcesses : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly (string, string)[] _variables;
    private readonly List<ProgramProcess> _silos = [];

    private MemberProcesses(TemporaryFolder folder, (string, string)[] variables) => (_folder, _variables) = (folder, variables);

    public ProgramProcess Coordinator => _silos[0];

    public ProgramProcess FirstReplica => _silos[1];

    public ProgramProcess SecondReplica => _silos[2];

    public IReadOnlyList<ProgramProcess> Silos => _silos;

    /// <summary>Starts all three at once, whatever their order; when this returns, all are ready.</summary>
    /// <param name="folder">Where they run and where <c>runs</c> is.</param>
    /// <param name="variables">The environment of every process, the client's too.</param>
    /// <param name="replica">Options of the replicas.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<MemberProcesses> StartAsync(
        TemporaryFolder folder, (string, string)[] variables, string[] replica, CancellationToken cancellationToken)
    {
        var cluster = new MemberProcesses(folder, variables);
        cluster.Add("coordinator", "c1", ["--gateway-port", "0", "--runs", "runs"]);
        cluster.Add("replica", "r1", replica);
        cluster.Add("replica", "r2", replica);
        foreach (ProgramProcess silo in cluster._silos)
            await silo.WaitForLineAsync(line => line.Contains("is ready: ", StringComparison.Ordinal), cancellationToken);
        return cluster;
    }

    /// <summary>Starts a further silo; it is not waited for.</summary>
    public ProgramProcess Add(string role, string name, params string[] options)
    {
        var silo = ProgramProcess.Start(_folder.Path, _variables, ["silo", "--role", role, "--name", name, "--silo-port", "0", "--verbose", .. options]);
        _silos.Add(silo);
        return silo;
    }

    public ProgramProcess Evaluate(params string[] options) => ProgramProcess.Start(_folder.Path, _variables, ["eval", .. options]);

    public async ValueTask DisposeAsync()
    {
        foreach (ProgramProcess silo in _silos) await silo.DisposeAsync();
    }
}
