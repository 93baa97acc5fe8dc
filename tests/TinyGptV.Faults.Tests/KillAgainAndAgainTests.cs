using System.Collections.Immutable;
using TinyGptV.Faults.Tests.Machinery;

namespace TinyGptV.Faults.Tests;

/// <summary>Kills every silo of a cluster repeatedly during one run: ten times in the long campaign, otherwise twice.</summary>
[Collection(nameof(FaultCampaign))]
public sealed class KillAgainAndAgainTests(FaultyCluster cluster)
{
    [Fact]
    public async Task Run_whose_silos_are_all_killed_repeatedly_recomputes_no_finished_shard()
    {
        var random = new Random(1);
        int shards = cluster.Baseline.Keys.Count(name => name.Contains("/shard-", StringComparison.Ordinal));
        int[] moments = [.. Enumerable.Range(1, shards - 2).OrderBy(_ => random.Next()).Take(FaultCampaign.IsLong ? 10 : 2).Order()];

        (ImmutableSortedDictionary<string, string> files, ImmutableArray<string> writtenAgain) =
            await cluster.KillAgainAndAgainAsync("killed", moments, TestContext.Current.CancellationToken);

        Assert.Empty(writtenAgain);
        StoredRun.AssertEqual(cluster.Baseline, files);
    }
}
