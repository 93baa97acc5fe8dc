using TinyGptV.Evaluation.Models;

namespace TinyGptV.Cluster.Replicas;

/// <summary>Where a replica's model comes from. The host supplies it: the cluster knows neither files nor devices.</summary>
public interface IModelSource
{
    /// <summary>What people call it; equal ones are the same checkpoint. Holds no secret.</summary>
    string Location { get; }

    /// <summary>Loads the model; may take minutes and be asked again.</summary>
    /// <param name="cancellationToken">Gives the loading up.</param>
    /// <returns>The model, to be disposed.</returns>
    /// <exception cref="Evaluation.PrerequisiteException">There is no such model, or it cannot be used.</exception>
    Task<IModelLease> LoadAsync(CancellationToken cancellationToken);
}

/// <summary>A model in memory, let go when disposed.</summary>
public interface IModelLease : IAsyncDisposable
{
    /// <summary>The model.</summary>
    IVisionLanguageModel Model { get; }
}
