using System.Collections.Immutable;

namespace TinyGptV.Cluster.Placement;

/// <summary>What a silo publishes as silo metadata: whether it is a coordinator, its replicas, and which stores it uses.</summary>
internal sealed record SiloFacts(bool Coordinates, ImmutableArray<string> Replicas)
{
    public const string RoleKey = "tinygptv.role";
    public const string ReplicasKey = "tinygptv.replicas";

    public const string CoordinatorRole = "coordinator";
    public const string ReplicaRole = "replica";
    public const string BothRoles = "both";

    private const string RunsKey = "tinygptv.runs";
    private const string DataKey = "tinygptv.data";
    private const string PlaceSuffix = ".place";

    /// <summary>Separates replica names in the metadata, so names must not contain it.</summary>
    public const char Separator = ',';

    /// <summary>The facts of a silo that has published nothing.</summary>
    public static SiloFacts None { get; } = new(false, []);

    /// <summary>The coordinator's store of runs; null if unknown.</summary>
    public StorePlace? Runs { get; init; }

    /// <summary>The benchmarks that the silo reads; null if unknown.</summary>
    public StorePlace? Data { get; init; }

    public static SiloFacts FromMetadata(IReadOnlyDictionary<string, string> metadata)
    {
        string role = metadata.GetValueOrDefault(RoleKey, "");
        string replicas = metadata.GetValueOrDefault(ReplicasKey, "");
        return new SiloFacts(role is CoordinatorRole or BothRoles, [.. replicas.Split(Separator, StringSplitOptions.RemoveEmptyEntries)])
        {
            Runs = PlaceOf(metadata, RunsKey),
            Data = PlaceOf(metadata, DataKey),
        };
    }

    public Dictionary<string, string> ToMetadata()
    {
        var metadata = new Dictionary<string, string> { [RoleKey] = Role };
        if (!Replicas.IsEmpty)
            metadata[ReplicasKey] = string.Join(Separator, Replicas);
        Add(metadata, RunsKey, Runs);
        Add(metadata, DataKey, Data);
        return metadata;
    }

    private static StorePlace? PlaceOf(IReadOnlyDictionary<string, string> metadata, string key) =>
        metadata.TryGetValue(key, out string? token) ? new StorePlace(token, metadata.GetValueOrDefault(key + PlaceSuffix, "")) : null;

    private static void Add(Dictionary<string, string> metadata, string key, StorePlace? place)
    {
        if (place is not null)
            (metadata[key], metadata[key + PlaceSuffix]) = (place.Token, place.Place);
    }

    private string Role => (Coordinates, Replicas.IsEmpty) switch
    {
        (true, false) => BothRoles,
        (true, true) => CoordinatorRole,
        _ => ReplicaRole,
    };
}
