using System.Security.Cryptography;
using System.Text;
using TinyGptV.Backends.Scripted;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Models;
using TinyGptV.Storage;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Backends;

/// <summary>A loaded model, let go when this is disposed.</summary>
internal sealed class ModelHandle : IModelHandle
{
    private readonly LocalCheckpoint? _checkpoint;

    private ModelHandle(IVisionLanguageModel model, LocalCheckpoint? checkpoint = null) => (Model, _checkpoint) = (model, checkpoint);

    public IVisionLanguageModel Model { get; }

    /// <summary>Loads the model that the options name, or the script that stands in for it.</summary>
    /// <param name="load">Loads a model from its files.</param>
    /// <param name="options">Which model.</param>
    /// <param name="storage">Brings a checkpoint that is in object storage onto this machine's disk, where it stays until this is disposed.</param>
    /// <param name="time">The clock of scripts.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PrerequisiteException">The folder is not there, or a file in it is malformed.</exception>
    public static async Task<ModelHandle> LoadAsync(
        ModelLoader load, ModelOptions options, StorageAccess storage, TimeProvider time, CancellationToken cancellationToken)
    {
        if (options.ScriptDelay is { } delay)
            return new ModelHandle(Scripted(options, delay, time));
        LocalCheckpoint? checkpoint = options.Source is { } source ? await storage.FetchCheckpointAsync(source, cancellationToken) : null;
        try
        {
            ModelOptions local = checkpoint is null ? options : options with { Folder = checkpoint.Folder };
            return new ModelHandle(await LoadAsync(load, local, cancellationToken), checkpoint);
        }
        catch
        {
            checkpoint?.Dispose();
            throw;
        }
    }

    private static ScriptedModel Scripted(ModelOptions options, TimeSpan delay, TimeProvider time)
    {
        ModelIdentity first = new ScriptedModel().Identity;
        return new ScriptedModel(delay: delay, timeProvider: time)
        {
            PreferredConcurrency = options.MaxBatch ?? 8,
            Identity = options.Script is not { } name ? first : new ModelIdentity
            {
                Name = name,
                Digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{first.Digest} {name}"))),
            },
        };
    }

    private static async Task<IVisionLanguageModel> LoadAsync(ModelLoader load, ModelOptions options, CancellationToken cancellationToken)
    {
        bool folderIsNeeded = options is not { Phi: not null, Eva: not null, Blip2: not null, Stage: not null };
        if (folderIsNeeded && !Directory.Exists(options.Folder))
            throw new PrerequisiteException(
                $"There is no model folder '{options.Folder}'. "
                + "Expected a folder with phi-2/, eva_vit_g.pth, blip2_pretrained_flant5xxl.pth and TinyGPT-V_for_Stage*.pth, "
                + "or a converted one; give it with --model.");
        try
        {
            return await load(options, cancellationToken);
        }
        catch (InvalidDataException exception)
        {
            throw new PrerequisiteException($"The model in '{options.Folder}' cannot be used: {exception.Message}", exception);
        }
    }

    public async ValueTask DisposeAsync()
    {
        using LocalCheckpoint? checkpoint = _checkpoint; // after the model, which has its files mapped
        if (Model is IAsyncDisposable asynchronous)
            await asynchronous.DisposeAsync();
        else
            (Model as IDisposable)?.Dispose();
    }
}
