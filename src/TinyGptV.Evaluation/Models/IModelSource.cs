namespace TinyGptV.Evaluation.Models;

/// <summary>Where a replica's model comes from. The host supplies it: the cluster knows neither files nor devices.</summary>
public interface IModelSource
{
    /// <summary>What people call it; equal ones are the same checkpoint. Holds no secret.</summary>
    string Location { get; }

    /// <summary>Loads the model; may take minutes and be asked again.</summary>
    /// <param name="cancellationToken">Gives the loading up.</param>
    /// <returns>The model, to be disposed.</returns>
    /// <exception cref="PrerequisiteException">There is no such model, or it cannot be used.</exception>
    Task<IModelHandle> LoadAsync(CancellationToken cancellationToken);

    /// <summary>Finds another model that runs in the same way, on the same device.</summary>
    /// <param name="location">What a user calls it.</param>
    /// <returns>Where it comes from; nothing is loaded yet.</returns>
    /// <exception cref="PrerequisiteException">There is no such model, or it must not be fetched.</exception>
    IModelSource Another(string location);
}

/// <summary>A model in memory, let go when disposed.</summary>
public interface IModelHandle : IAsyncDisposable
{
    /// <summary>The model.</summary>
    IVisionLanguageModel Model { get; }
}
