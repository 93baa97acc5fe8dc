using System.Collections.Frozen;

namespace TinyGptV.Cluster.Replicas;

/// <summary>The models of this silo's replicas by the replicas' names.</summary>
/// <param name="models">The models.</param>
internal sealed class ReplicaModels(IEnumerable<ReplicaModel> models)
{
    private readonly FrozenDictionary<string, ReplicaModel> _models = models.ToFrozenDictionary(model => model.Replica, StringComparer.Ordinal);

    /// <exception cref="ArgumentException">This silo holds no such replica.</exception>
    public ReplicaModel Of(string replica) => _models.TryGetValue(replica, out ReplicaModel? model) ? model : throw new ArgumentException(
        $"This silo holds the replicas {string.Join(", ", _models.Keys.Order(StringComparer.Ordinal))}; '{replica}' was asked for.", nameof(replica));

    /// <summary>Gives up loading, on every replica.</summary>
    /// <returns>A task that ends when nothing is being loaded.</returns>
    public Task StopLoadingAsync() => Task.WhenAll(_models.Values.Select(model => model.StopLoadingAsync()));
}
