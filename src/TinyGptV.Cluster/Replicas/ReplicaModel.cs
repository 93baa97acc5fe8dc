using TinyGptV.Evaluation.Inference;

namespace TinyGptV.Cluster.Replicas;

/// <summary>The model of one replica, kept across runs.</summary>
/// <param name="replica">The replica's name, one for each in the cluster, stable over restarts; without commas.</param>
/// <param name="lease">The model; disposed with this.</param>
public sealed class ReplicaModel(string replica, IModelLease lease) : IAsyncDisposable
{
    /// <summary>The replica's name.</summary>
    public string Replica { get; } = replica;

    /// <summary>The model.</summary>
    public IVisionLanguageModel Model => lease.Model;

    /// <summary>Lets the model go; after the silo, which answers with it.</summary>
    /// <returns>A task that ends when its memory is free.</returns>
    public ValueTask DisposeAsync() => lease.DisposeAsync();
}
