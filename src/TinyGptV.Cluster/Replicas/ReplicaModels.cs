using System.Collections.Frozen;

namespace TinyGptV.Cluster.Replicas;

/// <summary>The models of this silo's replicas, by replica name.</summary>
/// <param name="models">The models.</param>
internal sealed class ReplicaModels(IEnumerable<ReplicaModel> models)
{
    private readonly FrozenDictionary<string, ReplicaModel> _models = models.ToFrozenDictionary(model => model.Replica, StringComparer.Ordinal);

    /// <exception cref="ArgumentException">This silo has no such replica.</exception>
    public ReplicaModel Of(string replica) => _models.TryGetValue(replica, out ReplicaModel? model) ? model : throw new ArgumentException(
        $"No replica '{replica}' on this silo. It has {string.Join(", ", _models.Keys.Order(StringComparer.Ordinal))}.", nameof(replica));

    /// <summary>Stops loading on every replica.</summary>
    /// <returns>A task that ends when no load is in progress.</returns>
    public Task StopLoadingAsync() => Task.WhenAll(_models.Values.Select(model => model.StopLoadingAsync()));
}
