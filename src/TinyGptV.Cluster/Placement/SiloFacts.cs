using System.Collections.Immutable;

namespace TinyGptV.Cluster.Placement;

/// <summary>What a silo publishes as silo metadata: whether it is a coordinator, and its replicas.</summary>
internal sealed record SiloFacts(bool Coordinates, ImmutableArray<string> Replicas)
{
    public const string RoleKey = "tinygptv.role";
    public const string ReplicasKey = "tinygptv.replicas";

    public const string CoordinatorRole = "coordinator";
    public const string ReplicaRole = "replica";
    public const string BothRoles = "both";

    /// <summary>Separates replica names in the metadata, so names must not contain it.</summary>
    public const char Separator = ',';

    /// <summary>The facts of a silo that has published nothing.</summary>
    public static SiloFacts None { get; } = new(false, []);

    public static SiloFacts FromMetadata(IReadOnlyDictionary<string, string> metadata)
    {
        string role = metadata.GetValueOrDefault(RoleKey, "");
        string replicas = metadata.GetValueOrDefault(ReplicasKey, "");
        return new SiloFacts(role is CoordinatorRole or BothRoles, [.. replicas.Split(Separator, StringSplitOptions.RemoveEmptyEntries)]);
    }

    public Dictionary<string, string> ToMetadata()
    {
        var metadata = new Dictionary<string, string> { [RoleKey] = Role };
        if (!Replicas.IsEmpty)
            metadata[ReplicasKey] = string.Join(Separator, Replicas);
        return metadata;
    }

    private string Role => (Coordinates, Replicas.IsEmpty) switch
    {
        (true, false) => BothRoles,
        (true, true) => CoordinatorRole,
        _ => ReplicaRole,
    };
}
