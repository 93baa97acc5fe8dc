using System.Globalization;
using TinyGptV.Faults.Tests.Machinery;
using TinyGptV.Faults.Tests.Plans;

namespace TinyGptV.Faults.Tests;

/// <summary>
/// Whatever strikes the cluster, the run completes, every sample is predicted once, and every stored byte is that of the run of one process without faults.
/// </summary>
/// <param name="cluster">The cluster that is struck.</param>
/// <param name="output">Where each plan's line goes.</param>
[Collection(nameof(FaultCampaign))]
public sealed class FaultPlansTests(FaultyCluster cluster, ITestOutputHelper output)
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, FaultCampaign.Plans)];

    [Theory]
    [MemberData(nameof(Seeds), DisableDiscoveryEnumeration = true)]
    public async Task Run_under_a_plan_of_faults_stores_the_bytes_of_the_run_without(int seed)
    {
        FaultOutcome outcome = await cluster.RunAsync(FaultPlan.Create(seed), TestContext.Current.CancellationToken);
        StoredRun.AssertEqual(cluster.Baseline, outcome.Files);
        Record(outcome);
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
