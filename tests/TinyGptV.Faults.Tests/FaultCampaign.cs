using System.Globalization;
using TinyGptV.Faults.Tests.Machinery;
using TinyGptV.Faults.Tests.Plans;

namespace TinyGptV.Faults.Tests;

/// <summary>
/// Whatever strikes the cluster, the run completes, every sample is predicted once, and every stored byte is that of the run of one process without faults.
/// Environment variable <c>TINYGPTV_FAULT_PLANS</c> sets the number of plans, from seed 0 on; without it, those are run that strike once.
/// </summary>
/// <param name="cluster">The cluster that is struck.</param>
/// <param name="output">Where each plan's line goes.</param>
public abstract class FaultCampaign(FaultyCluster cluster, ITestOutputHelper output)
{
    private static readonly Lock Recording = new();

    /// <summary>Whether somebody asked for the long campaign.</summary>
    internal static bool IsLong { get; } = Environment.GetEnvironmentVariable("TINYGPTV_FAULT_PLANS") is { Length: > 0 };

    private static int Plans => IsLong ? int.Parse(Environment.GetEnvironmentVariable("TINYGPTV_FAULT_PLANS")!, CultureInfo.InvariantCulture) : FaultPlan.FirstOfMany;

    /// <summary>Every second seed: two clusters share the campaign, for most of it is waiting.</summary>
    protected static TheoryData<int> EverySecond(int first) => [.. Enumerable.Range(0, Plans).Where(seed => seed % 2 == first)];

    protected async Task StrikeAsync(int seed)
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
        lock (Recording)
            File.AppendAllText(Path.Combine(AppContext.BaseDirectory, "fault-campaign.md"), line + "\n");
    }
}

/// <inheritdoc cref="FaultCampaign" />
[Collection(nameof(FirstCluster))]
public sealed class EvenPlansTests(FaultyCluster cluster, ITestOutputHelper output) : FaultCampaign(cluster, output)
{
    public static TheoryData<int> Seeds => EverySecond(0);

    [Theory]
    [MemberData(nameof(Seeds), DisableDiscoveryEnumeration = true)]
    public Task Run_under_a_plan_of_faults_stores_the_bytes_of_the_run_without(int seed) => StrikeAsync(seed);
}

/// <inheritdoc cref="FaultCampaign" />
[Collection(nameof(SecondCluster))]
public sealed class OddPlansTests(FaultyCluster cluster, ITestOutputHelper output) : FaultCampaign(cluster, output)
{
    public static TheoryData<int> Seeds => EverySecond(1);

    [Theory]
    [MemberData(nameof(Seeds), DisableDiscoveryEnumeration = true)]
    public Task Run_under_a_plan_of_faults_stores_the_bytes_of_the_run_without(int seed) => StrikeAsync(seed);
}
