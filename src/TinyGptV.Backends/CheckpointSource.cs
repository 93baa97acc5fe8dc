using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Models;
using TinyGptV.Model.Checkpoints.Formats;
using TinyGptV.Storage;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Backends;

/// <summary>Loads a replica's model from files, from object storage, or as a script.</summary>
/// <param name="load">Loads a model from its files.</param>
/// <param name="options">Which model, and how it runs.</param>
/// <param name="storage">Brings checkpoints that are in object storage.</param>
/// <param name="time">The clock of scripts.</param>
public sealed class CheckpointSource(ModelLoader load, ModelOptions options, StorageAccess storage, TimeProvider time) : IModelSource
{
    private const string AzureHosts = ".blob.core.windows.net";

    /// <inheritdoc />
    public string Location => options.Source?.ToString() ?? Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Folder));

    /// <inheritdoc />
    /// <param name="location">A folder, or the URI of a prefix of a Blob container.</param>
    /// <exception cref="PrerequisiteException">It is neither, there is no such folder, or the replica's identity would be shown to a stranger.</exception>
    public IModelSource Another(string location)
    {
        StorageLocation wanted = StorageLocation.Parse(location);
        if (wanted.Folder is { } folder && options.ScriptDelay is null && !Directory.Exists(folder))
            throw new PrerequisiteException(
                $"No model folder '{folder}' on this replica's machine. Give an existing folder, or the URI of a prefix in a Blob container.");
        if (wanted.Host is { } host && !wanted.IsSigned && !MayShowIdentity(host))
            throw new PrerequisiteException(
                $"'{wanted}' is not in {AzureHosts[1..]}, nor on the host of this replica's own model, so the replica's identity is not sent there. " +
                "Add a shared access signature to the URI.");
        // Parts that were named one by one belong to the checkpoint of the silo's start.
        return new CheckpointSource(
            load,
            options.WithCheckpoint(wanted) with { Phi = null, Eva = null, Blip2 = null, Stage = null, Config = null, Script = wanted.Name },
            storage, time);
    }

    // Away from whoever asks: reading the heads of large files blocks for seconds.
    /// <inheritdoc />
    public async Task<IModelHandle> LoadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await Task.Run(() => LoadHandleAsync(cancellationToken), cancellationToken);
        }
        catch (CheckpointException exception)
        {
            throw new PrerequisiteException(exception.Message, exception);
        }
    }

    private async Task<IModelHandle> LoadHandleAsync(CancellationToken cancellationToken) =>
        await ModelHandle.LoadAsync(load, options, storage, time, cancellationToken);

    /// <summary>The silo's own options were given by whoever runs it; a location that comes from a client may lead anywhere.</summary>
    private bool MayShowIdentity(string host) =>
        host.EndsWith(AzureHosts, StringComparison.OrdinalIgnoreCase) || host.Equals(options.Source?.Host, StringComparison.OrdinalIgnoreCase);
}
