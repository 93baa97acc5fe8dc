using System.Globalization;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cluster.Runs;

/// <summary>Knows nothing of other processes, for hosts that register no <see cref="IProcessWatch"/>: membership and renewals tell who lives.</summary>
internal sealed class UnknownProcesses : IProcessWatch
{
    public RunOwner Describe(string instance, string? silo) => new()
    {
        Instance = instance,
        Place = string.Create(CultureInfo.InvariantCulture, $"process {Environment.ProcessId} on host '{Environment.MachineName}'"),
        Silo = silo,
        Process = Environment.ProcessId,
    };

    public bool? IsAlive(RunOwner owner) => null;
}
