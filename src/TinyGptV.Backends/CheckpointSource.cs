using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Models;
using TinyGptV.Model.Checkpoints.Formats;
using TinyGptV.Storage;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Backends;

/// <summary>Loads a replica's model from files or object storage, or creates a scripted one.</summary>
/// <param name="load">Loads a model from its files.</param>
/// <param name="options">Which model, and how it runs.</param>
/// <param name="storage">Downloads checkpoints from object storage.</param>
/// <param name="time">The clock of scripted models.</param>
public sealed class CheckpointSource(ModelLoader load, ModelOptions options, StorageAccess storage, TimeProvider time) : IModelSource
{
    private const string AzureHosts = ".blob.core.windows.net";

    /// <summary>The host that the operator named at the start. Checkpoints loaded since do not change it: a client chose them.</summary>
    private string? OwnHost { get; init; } = options.Source?.Host;

    /// <inheritdoc />
    public string Location => options.Source?.ToString() ?? Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Folder));

    /// <inheritdoc />
    /// <param name="location">A folder, or the URI of a prefix in a Blob container.</param>
    /// <exception cref="PrerequisiteException">
    /// The location is invalid, the folder does not exist, or the replica's identity would be sent to an unknown host.
    /// </exception>
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
        // Files named one by one belong to the checkpoint that the silo started with.
        return new CheckpointSource(
            load,
            options.WithCheckpoint(wanted) with { Phi = null, Eva = null, Blip2 = null, Stage = null, Config = null, Script = wanted.Name },
            storage,
            time)
        {
            OwnHost = OwnHost,
        };
    }

    // On another thread: reading the headers of large files blocks for seconds.
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

    /// <summary>The silo's own options come from its operator and are trusted; a location from a client may point anywhere.</summary>
    private bool MayShowIdentity(string host) =>
        host.EndsWith(AzureHosts, StringComparison.OrdinalIgnoreCase) || host.Equals(OwnHost, StringComparison.OrdinalIgnoreCase);
}
