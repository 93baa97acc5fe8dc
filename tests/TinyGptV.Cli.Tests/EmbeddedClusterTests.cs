using TinyGptV.Backends;
using TinyGptV.Backends.Scripted;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Models;
using TinyGptV.Hosting;
using TinyGptV.Hosting.Membership;
using TinyGptV.Storage;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Cli.Tests;

/// <summary>A cluster inside the process on a machine that stands still: its calls time out like those to another process.</summary>
public sealed class EmbeddedClusterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task AskAsync_call_that_times_out_is_repeated()
    {
        await using LocalReplicas replicas = await LoadAsync();
        await using ClusterAccess cluster = await EmbedAsync(replicas);
        int calls = 0;

        int answer = await cluster.AskAsync(
            () => ++calls < 3 ? throw new TimeoutException("Response did not arrive on time.") : ValueTask.FromResult(7), TimeProvider.System, Token);

        Assert.Equal((7, 3), (answer, calls));
    }

    [Fact]
    public async Task WhileThereAsync_silo_that_never_answers_ends_with_one_plain_sentence()
    {
        await using LocalReplicas replicas = await LoadAsync();
        await using ClusterAccess cluster = await EmbedAsync(replicas);

        var exception = await Assert.ThrowsAsync<PrerequisiteException>(() => cluster.WhileThereAsync<int>(
            _ => throw new TimeoutException("Response did not arrive on time."), "", Token));

        Assert.Equal(
            "This process got no answer from itself for too long: the machine was suspended or is overloaded (TimeoutException). "
            + "What was predicted is kept; the same command continues the run.",
            exception.Message);
    }

    private Task<LocalReplicas> LoadAsync()
    {
        var options = new ModelOptions { Folder = _folder.Path };
        IVisionLanguageModel model = new ScriptedModel();
        return LocalReplicas.LoadAsync(
            "local", ModelSources.For((_, _) => Task.FromResult(model), options, new StorageAccess(new StorageOptions()), TimeProvider.System), Token);
    }

    private Task<ClusterAccess> EmbedAsync(LocalReplicas replicas)
    {
        var storage = new StorageAccess(new StorageOptions());
        StorageLocation data = StorageLocation.Parse(_folder.Path);
        var settings = new SiloSettings
        {
            Name = "local",
            Coordinator = new CoordinatorStorage(
                storage.OpenBenchmarks(data, _folder.Path), storage.OpenImages(data), storage.OpenRuns(data), new LocalProcesses()),
            Replica = new ReplicaRole(replicas, storage.OpenImages(data)),
            Membership = ClusterMembership.Embedded(),
        };
        return ClusterAccess.EmbedAsync(settings, TimeProvider.System, Token);
    }
}
