using System.Globalization;
using TinyGptV.Cli.Display;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Hosting;
using TinyGptV.Hosting.Logging;
using TinyGptV.Hosting.Membership;

namespace TinyGptV.Cli.Verbs;

/// <summary>The options of <c>tinygptv replicas list</c>.</summary>
internal sealed record ReplicaListingOptions(ClusterEntrance Entrance, OutputFormat Format);

/// <summary>Lists the replicas of a cluster.</summary>
/// <param name="environment">Where the list goes.</param>
internal sealed class ReplicaListing(ProgramEnvironment environment)
{
    /// <returns>The exit code.</returns>
    public async Task<int> WriteAsync(ReplicaListingOptions options, CancellationToken cancellationToken)
    {
        await using ClusterAccess cluster = await ClusterAccess.JoinAsync(
            options.Entrance, environment.Error, environment.Time, new LogOptions(), cancellationToken);
        var catalog = cluster.Grains.GetGrain<IReplicaCatalogGrain>(0);
        ReplicaStatus[] replicas = await cluster.WhileThereAsync(
            ended => cluster.AskAsync(() => catalog.ListAsync(ended).ToArrayAsync(ended), environment.Time, ended), ClusterAccess.AskLater, cancellationToken);
        if (options.Format == OutputFormat.Json)
            await JsonDisplay.WriteAsync(replicas, environment.Output);
        else if (replicas.Length == 0)
            await environment.Error.WriteLineAsync("The cluster has no replicas. Start one with 'tinygptv silo --role replica'.");
        else
            await TableOf(replicas).WriteToAsync(environment.Output);
        return ExitCode.Success;
    }

    private static TextTable TableOf(ReplicaStatus[] replicas)
    {
        var table = new TextTable("replica", "silo", "phase", "model", "digest", ">work", "remark");
        foreach (ReplicaStatus replica in replicas)
            table.Add(
                replica.Replica,
                replica.Silo ?? "",
                replica.Phase.ToString().ToLowerInvariant(),
                replica.Model?.Name ?? "",
                replica.Model?.ShortDigest() ?? "",
                replica.WorkInHand.ToString(CultureInfo.InvariantCulture),
                replica.Problem?.Split('\n')[0] ?? (replica.Phase == ReplicaPhase.Loading ? $"loading {replica.Location}" : ""));
        return table;
    }
}
