using System.Globalization;
using TinyGptV.Faults.Tests.Machinery;
using TinyGptV.Faults.Tests.Plans;

namespace TinyGptV.Faults.Tests;

/// <summary>The cluster of the campaign, shared by all tests since its start costs half a minute of processor time.</summary>
[CollectionDefinition(nameof(FaultCampaign))]
public sealed class FaultCampaign : ICollectionFixture<FaultyCluster>
{
    /// <summary>
    /// The number of plans to run, from seed 0: environment variable <c>TINYGPTV_FAULT_PLANS</c>; by default the plans with one fault.
    /// </summary>
    internal static int Plans { get; } = Environment.GetEnvironmentVariable("TINYGPTV_FAULT_PLANS") is { Length: > 0 } number
        ? int.Parse(number, CultureInfo.InvariantCulture)
        : FaultPlan.FirstOfMany;

    /// <summary>Whether more than the default was requested.</summary>
    internal static bool IsLong => Plans > FaultPlan.FirstOfMany;
}
