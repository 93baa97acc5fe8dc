using System.Collections.Immutable;
using System.Globalization;
using TinyGptV.Faults.Tests.Machinery;
using TinyGptV.Faults.Tests.Plans;

namespace TinyGptV.Faults.Tests;

/// <summary>
/// Whatever strikes the cluster, the run completes, every sample is predicted once, and every stored byte is that of the run of one process without faults.
/// Environment variable <c>TINYGPTV_FAULT_PLANS</c> sets the number of plans; default 20.
/// </summary>
public sealed class FaultCampaignTests(FaultyCluster cluster, ITestOutputHelper output) : IClassFixture<FaultyCluster>
{
    private static readonly int Plans =
        Environment.GetEnvironmentVariable("TINYGPTV_FAULT_PLANS") is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : 20;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, Plans)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Seeds), DisableDiscoveryEnumeration = true)]
    public async Task Run_under_a_plan_of_faults_stores_the_bytes_of_the_run_without(int seed)
    {
        FaultOutcome outcome = await cluster.RunAsync(FaultPlan.Create(seed), Token);

        AssertEqual(cluster.Baseline, outcome.Files);
        Record(outcome);
    }

    [Fact]
    public async Task Run_whose_silos_are_all_killed_ten_times_computes_no_finished_shard_again()
    {
        var random = new Random(1);
        int shards = cluster.Baseline.Keys.Count(name => name.Contains("/shard-", StringComparison.Ordinal));
        int[] moments = [.. Enumerable.Range(1, shards - 2).OrderBy(_ => random.Next()).Take(10).Order()];

        (ImmutableSortedDictionary<string, string> files, ImmutableArray<string> writtenAgain) = await cluster.KillAgainAndAgainAsync("killed", moments, Token);

        Assert.Empty(writtenAgain);
        AssertEqual(cluster.Baseline, files);
    }

    private static void AssertEqual(ImmutableSortedDictionary<string, string> expected, ImmutableSortedDictionary<string, string> actual)
    {
        Assert.Equal(expected.Keys, actual.Keys);
        Assert.All(expected, file => Assert.Equal(file.Value, actual[file.Key]));
    }

    /// <summary>One line of the table in docs/reliability.md.</summary>
    private void Record(FaultOutcome outcome)
    {
        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"| {outcome.Plan.Seed} | {string.Join("; ", outcome.Plan.Blows.Select(blow => $"{blow} at {100 * blow.At:0} %"))} | {outcome.Duration.TotalSeconds:0.0} | {outcome.RefusedWrites} | {outcome.ClientStarts} |");
        output.WriteLine(line);
        File.AppendAllText(Path.Combine(AppContext.BaseDirectory, "fault-campaign.md"), line + "\n");
    }
}
