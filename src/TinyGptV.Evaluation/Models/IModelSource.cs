namespace TinyGptV.Evaluation.Models;

/// <summary>Where a replica's model comes from. The host supplies it: the cluster knows neither files nor devices.</summary>
public interface IModelSource
{
    /// <summary>The name that users see; equal names are the same checkpoint. Contains no secret.</summary>
    string Location { get; }

    /// <summary>Loads the model. Takes up to minutes; can be called again.</summary>
    /// <param name="cancellationToken">Cancels the load.</param>
    /// <returns>The model; the caller disposes it.</returns>
    /// <exception cref="PrerequisiteException">There is no such model, or it cannot be used.</exception>
    Task<IModelHandle> LoadAsync(CancellationToken cancellationToken);

    /// <summary>Finds another model that runs in the same way, on the same device.</summary>
    /// <param name="location">The name or location that the user gave.</param>
    /// <returns>Where it comes from; nothing is loaded yet.</returns>
    /// <exception cref="PrerequisiteException">There is no such model, or it must not be fetched.</exception>
    IModelSource Another(string location);
}

/// <summary>A model in memory, unloaded when disposed.</summary>
public interface IModelHandle : IAsyncDisposable
{
    /// <summary>The model.</summary>
    IVisionLanguageModel Model { get; }
}
