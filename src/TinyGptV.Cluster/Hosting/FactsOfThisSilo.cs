using TinyGptV.Cluster.Placement;

namespace TinyGptV.Cluster.Hosting;

/// <summary>Collects the facts that this silo publishes; Orleans reads <see cref="Metadata"/> when the silo starts.</summary>
internal sealed class FactsOfThisSilo
{
    public SiloFacts Facts { get; private set; } = SiloFacts.None;

    public Dictionary<string, string> Metadata { get; } = [];

    public void Publish(SiloFacts facts)
    {
        Facts = facts;
        foreach ((string key, string value) in facts.ToMetadata())
            Metadata[key] = value;
    }
}
