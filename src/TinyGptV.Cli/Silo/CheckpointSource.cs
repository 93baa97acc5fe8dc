using TinyGptV.Cluster.Replicas;
using TinyGptV.Evaluation;
using TinyGptV.Model.Checkpoints.Formats;
using TinyGptV.Storage;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Cli.Silo;

/// <summary>Loads a replica's model from files, from object storage, or as a script.</summary>
/// <param name="environment">How models are loaded.</param>
/// <param name="options">Which model, and how it runs.</param>
/// <param name="storage">Brings checkpoints that are in object storage.</param>
internal sealed class CheckpointSource(ProgramEnvironment environment, ModelOptions options, StorageAccess storage) : IModelSource
{
    private const string AzureHosts = ".blob.core.windows.net";

    public string Location => options.Source?.ToString() ?? Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Folder));

    /// <summary>Another checkpoint that runs in the same way, on the same device.</summary>
    /// <param name="text">A folder, or the URI of a prefix of a Blob container.</param>
    /// <exception cref="PrerequisiteException">It is neither, there is no such folder, or the replica's identity would be shown to a stranger.</exception>
    public CheckpointSource Another(string text)
    {
        StorageLocation location = StorageLocation.Parse(text);
        if (location.Folder is { } folder && options.ScriptDelay is null && !Directory.Exists(folder))
            throw new PrerequisiteException($"There is no model folder '{folder}' where this replica runs. Name one that is there, or the URI of a prefix of a Blob container.");
        if (location.Host is { } host && !location.IsSigned && !MayShowIdentity(host))
            throw new PrerequisiteException(
                $"'{location}' is neither where this replica's own model is from nor an account of {AzureHosts[1..]}, and the replica's identity must not be shown there. Give the URI with a shared access signature.");
        // Parts that were named one by one belong to the checkpoint of the silo's start.
        return new CheckpointSource(environment, options.WithCheckpoint(location) with { Phi = null, Eva = null, Blip2 = null, Stage = null, Config = null, Script = location.Name }, storage);
    }

    // Away from whoever asks: reading the heads of large files blocks for seconds.
    public async Task<IModelLease> LoadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await Task.Run(() => ModelLease.LoadAsync(environment, options, storage, cancellationToken), cancellationToken);
        }
        catch (CheckpointException exception)
        {
            throw new PrerequisiteException(exception.Message, exception);
        }
    }

    /// <summary>The silo's own options were given by whoever runs it; a location that comes from a client may lead anywhere.</summary>
    private bool MayShowIdentity(string host) =>
        host.EndsWith(AzureHosts, StringComparison.OrdinalIgnoreCase) || host.Equals(options.Source?.Host, StringComparison.OrdinalIgnoreCase);
}
