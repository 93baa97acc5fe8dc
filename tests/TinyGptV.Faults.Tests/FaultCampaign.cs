using System.Globalization;
using TinyGptV.Faults.Tests.Machinery;
using TinyGptV.Faults.Tests.Plans;

namespace TinyGptV.Faults.Tests;

/// <summary>The cluster of the campaign. It costs half a minute of processor time to start, and is struck by every test.</summary>
[CollectionDefinition(nameof(FaultCampaign))]
public sealed class FaultCampaign : ICollectionFixture<FaultyCluster>
{
    /// <summary>
    /// How many plans are run, from seed 0 on: environment variable <c>TINYGPTV_FAULT_PLANS</c>, or those that strike once.
    /// </summary>
    internal static int Plans { get; } = Environment.GetEnvironmentVariable("TINYGPTV_FAULT_PLANS") is { Length: > 0 } number
        ? int.Parse(number, CultureInfo.InvariantCulture)
        : FaultPlan.FirstOfMany;

    /// <summary>Whether somebody asked for more than is run every time.</summary>
    internal static bool IsLong => Plans > FaultPlan.FirstOfMany;
}
