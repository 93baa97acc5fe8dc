using System.Collections.Immutable;
using System.Globalization;
using TinyGptV.Cluster.Replicas;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Models;

namespace TinyGptV.Hosting;

/// <summary>The replicas of one silo, each with a model in memory.</summary>
public sealed class LocalReplicas : IAsyncDisposable
{
    private LocalReplicas(ImmutableArray<ReplicaModel> models) => Models = models;

    /// <summary>The replicas, in the order of their models' sources.</summary>
    public ImmutableArray<ReplicaModel> Models { get; }

    /// <summary>Loads every model.</summary>
    /// <param name="silo">The silo's name, which is also that of its only replica; of several, each has a number behind it.</param>
    /// <param name="sources">Where the models come from; at least one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The replicas, to be disposed after their silo.</returns>
    /// <exception cref="PrerequisiteException">A model cannot be used.</exception>
    public static async Task<LocalReplicas> LoadAsync(string silo, ImmutableArray<IModelSource> sources, CancellationToken cancellationToken)
    {
        Task<ReplicaModel>[] loading = new Task<ReplicaModel>[sources.Length];
        for (int index = 0; index < sources.Length; index++)
        {
            loading[index] = LoadAsync(NameOf(silo, index, sources.Length), sources[index], cancellationToken);
            // The first one brings the files onto this machine, and into its memory; the others find them there.
            if (index == 0)
                await loading[index];
        }

        try
        {
            return new LocalReplicas([.. await Task.WhenAll(loading)]);
        }
        catch
        {
            foreach (Task<ReplicaModel> loaded in loading.Where(one => one.IsCompletedSuccessfully))
                await (await loaded).DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (ReplicaModel model in Models)
            await model.DisposeAsync();
    }

    private static async Task<ReplicaModel> LoadAsync(string replica, IModelSource source, CancellationToken cancellationToken) =>
        new(replica, source, await source.LoadAsync(cancellationToken));

    private static string NameOf(string silo, int index, int count) => count == 1 ? silo : string.Create(CultureInfo.InvariantCulture, $"{silo}-{index + 1}");
}
