using System.Globalization;
using TinyGptV.Faults.Tests.Machinery;
using TinyGptV.Faults.Tests.Plans;

namespace TinyGptV.Faults.Tests;

/// <summary>
/// Under any fault, the run completes, every sample is predicted once, and every stored byte equals that of a single-process run without
/// faults.
/// </summary>
/// <param name="cluster">The cluster under test.</param>
/// <param name="output">Receives a line for each plan.</param>
[Collection(nameof(FaultCampaign))]
public sealed class FaultPlansTests(FaultyCluster cluster, ITestOutputHelper output)
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, FaultCampaign.Plans)];

    [Theory]
    [MemberData(nameof(Seeds), DisableDiscoveryEnumeration = true)]
    public async Task Run_with_faults_stores_the_same_bytes_as_one_without(int seed)
    {
        FaultOutcome outcome = await cluster.RunAsync(FaultPlan.Create(seed), TestContext.Current.CancellationToken);
        StoredRun.AssertEqual(cluster.Baseline, outcome.Files);
        Record(outcome);
    }

    /// <summary>Writes one line of the table in docs/fault-campaign.md.</summary>
    private void Record(FaultOutcome outcome)
    {
        string blows = string.Join("; ", outcome.Plan.Blows.Select(blow => string.Create(CultureInfo.InvariantCulture, $"{blow} at {100 * blow.At:0} %")));
        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"| {outcome.Plan.Seed} | {blows} | {outcome.Duration.TotalSeconds:0.0} | {outcome.RefusedWrites} | {outcome.ClientStarts} |");
        output.WriteLine(line);
        File.AppendAllText(Path.Combine(AppContext.BaseDirectory, "fault-campaign.md"), line + "\n");
    }
}
