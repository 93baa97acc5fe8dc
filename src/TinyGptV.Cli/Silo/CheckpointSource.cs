using TinyGptV.Cluster.Replicas;
using TinyGptV.Storage;

namespace TinyGptV.Cli.Silo;

/// <summary>Loads a replica's model from files, from object storage, or as a script.</summary>
/// <param name="environment">How models are loaded.</param>
/// <param name="options">Which model, and how it runs.</param>
/// <param name="storage">Brings checkpoints that are in object storage.</param>
internal sealed class CheckpointSource(ProgramEnvironment environment, ModelOptions options, StorageAccess storage) : IModelSource
{
    public string Location => options.Source?.ToString() ?? Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Folder));

    // Away from whoever asks: reading the heads of large files blocks for seconds.
    public Task<IModelLease> LoadAsync(CancellationToken cancellationToken) => Task.Run<IModelLease>(
        async () => await ModelLease.LoadAsync(environment, options, storage, cancellationToken), cancellationToken);
}
