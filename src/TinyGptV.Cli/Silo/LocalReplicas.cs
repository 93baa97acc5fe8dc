using System.Collections.Immutable;
using System.Globalization;
using TinyGptV.Cluster.Replicas;
using TinyGptV.Evaluation;
using TinyGptV.Model;
using TinyGptV.Storage;

namespace TinyGptV.Cli.Silo;

/// <summary>The replicas of one silo: a model on each device.</summary>
internal sealed class LocalReplicas : IAsyncDisposable
{
    private LocalReplicas(ImmutableArray<ReplicaModel> models) => Models = models;

    public ImmutableArray<ReplicaModel> Models { get; }

    /// <summary>Loads the model once for each device; scripts as often as they are asked for.</summary>
    /// <param name="environment">How models are loaded.</param>
    /// <param name="silo">The silo's name, which is also that of its only replica; of several, each has a number behind it.</param>
    /// <param name="options">The model and its devices.</param>
    /// <param name="scripts">How many scripts there are on each device; 1 for a model.</param>
    /// <param name="storage">Brings checkpoints that are in object storage.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PrerequisiteException">The model cannot be used, or a device is not there.</exception>
    public static async Task<LocalReplicas> LoadAsync(
        ProgramEnvironment environment, string silo, ModelOptions options, int scripts, StorageAccess storage, CancellationToken cancellationToken)
    {
        ModelOptions[] each = [.. PerDevice(options).SelectMany(one => Enumerable.Repeat(one, scripts))];
        Task<ReplicaModel>[] loading = new Task<ReplicaModel>[each.Length];
        for (int index = 0; index < each.Length; index++)
        {
            loading[index] = LoadAsync(NameOf(silo, index, each.Length), new CheckpointSource(environment, each[index], storage), cancellationToken);
            // The first one brings the files onto this machine, and into its memory; the others find them there.
            if (index == 0) await loading[index];
        }

        try
        {
            return new LocalReplicas([.. await Task.WhenAll(loading)]);
        }
        catch
        {
            foreach (Task<ReplicaModel> loaded in loading.Where(one => one.IsCompletedSuccessfully)) await (await loaded).DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ReplicaModel model in Models) await model.DisposeAsync();
    }

    private static async Task<ReplicaModel> LoadAsync(string replica, CheckpointSource source, CancellationToken cancellationToken) =>
        new(replica, source, await source.LoadAsync(cancellationToken), source.Another);

    private static string NameOf(string silo, int index, int count) => count == 1 ? silo : string.Create(CultureInfo.InvariantCulture, $"{silo}-{index + 1}");

    private static ImmutableArray<ModelOptions> PerDevice(ModelOptions options)
    {
        try
        {
            ImmutableArray<string> devices = ComputeDevices.Parse(options.Device, ComputeDevices.CountGpus);
            // Several models on one CPU share its cores; a thread for each core in each of them would only make them wait for each other.
            int threads = Math.Max(Environment.ProcessorCount / devices.Length, 1);
            return [.. devices.Select(device => options with { Device = device, Threads = options.Threads ?? threads })];
        }
        catch (InvalidDataException exception)
        {
            throw new PrerequisiteException($"--device cannot be used: {exception.Message}", exception);
        }
    }
}
