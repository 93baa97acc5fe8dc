namespace TinyGptV.Cluster.Telemetry;

/// <summary>The name of the cluster's meter and of its traces.</summary>
internal static class ClusterMeter
{
    public const string Name = "TinyGptV.Cluster";
}
