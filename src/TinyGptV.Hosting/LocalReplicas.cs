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

    /// <summary>The replicas, in the order of their sources.</summary>
    public ImmutableArray<ReplicaModel> Models { get; }

    /// <summary>Loads every model.</summary>
    /// <param name="silo">The silo's name. A single replica has the same name; several get a number appended.</param>
    /// <param name="sources">Where the models come from; at least one.</param>
    /// <param name="cancellationToken">Stops loading.</param>
    /// <returns>The replicas; dispose them after their silo.</returns>
    /// <exception cref="PrerequisiteException">A model cannot be used.</exception>
    public static async Task<LocalReplicas> LoadAsync(string silo, ImmutableArray<IModelSource> sources, CancellationToken cancellationToken)
    {
        Task<ReplicaModel>[] loading = new Task<ReplicaModel>[sources.Length];
        for (int index = 0; index < sources.Length; index++)
        {
            loading[index] = LoadAsync(NameOf(silo, index, sources.Length), sources[index], cancellationToken);
            // The first load downloads the files and fills the page cache for the others.
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
