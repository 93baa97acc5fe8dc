using System.Text;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Cluster.Tests.Doubles;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Sharding;
using TinyGptV.Storage.Folders;

namespace TinyGptV.Cluster.Tests.Runs;

/// <summary>Runs whose images are real files, which some replicas cannot read, or no longer.</summary>
public sealed class UnreadableStorageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly InMemoryBenchmarks _benchmarks = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Replica_without_data_is_paused_with_the_reason_and_takes_no_sample_down()
    {
        WriteImages("data");
        Directory.CreateDirectory(_folder["empty"]);
        WatchedModel[] models = [new(), new()];
        await using var cluster = await StartAsync(models, silo => new ImageFolder(_folder[silo == 2 ? "empty" : "data"]));

        RunId run = await cluster.StartRunAsync();
        RunProgress end = await cluster.WatchToTheEndAsync(run);

        Assert.Equal((RunPhase.Completed, 0), (end.Phase, end.Benchmarks.Sum(benchmark => benchmark.Failed)));
        Assert.Empty(models[1].Prompts);
        ReplicaStatus[] replicas = await cluster.Replicas.ListAsync(Token).ToArrayAsync(Token);
        Assert.Equal([ReplicaPhase.Ready, ReplicaPhase.Paused], replicas.Select(replica => replica.Phase));
        Assert.Contains($"in '{_folder["empty"]}', which the coordinator found: it is not there.", replicas[1].Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replica_with_other_pictures_under_the_same_names_is_paused()
    {
        WriteImages("data");
        WriteImages("other", content: "another picture of ");
        await using var cluster = await StartAsync([new WatchedModel()], silo => new ImageFolder(_folder[silo == 1 ? "other" : "data"]));

        RunProgress end = await cluster.WatchToTheEndAsync(await cluster.StartRunAsync());

        Assert.Equal(RunPhase.Failed, end.Phase);
        Assert.Contains("it has other content", end.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Images_that_go_away_in_mid_run_stop_it_with_one_message_and_it_continues_when_they_are_back()
    {
        WriteImages("data");
        int asked = 0;
        var model = new WatchedModel
        {
            Before = (_, _) =>
            {
                if (Interlocked.Increment(ref asked) == 10)
                    Directory.Move(_folder["data"], _folder["away"]);
                return Task.CompletedTask;
            },
        };
        await using var cluster = await StartAsync([model], _ => new ImageFolder(_folder["data"]));
        RunId run = await cluster.StartRunAsync();

        RunProgress stopped = await cluster.WatchToTheEndAsync(run);
        Directory.Move(_folder["away"], _folder["data"]);
        await cluster.StartRunAsync();
        RunProgress end = await cluster.WatchToTheEndAsync(run);

        Assert.Equal(RunPhase.Failed, stopped.Phase);
        Assert.StartsWith("No replica can read what the run needs. Replica 'replica-1' cannot read the image", stopped.Problem, StringComparison.Ordinal);
        Assert.Contains("it is not there. Check the storage and --data of its silo. No sample was recorded as failed", stopped.Problem,
            StringComparison.Ordinal);
        Assert.Equal(
            (RunPhase.Completed, _benchmarks.Samples, 0),
            (end.Phase, end.Benchmarks.Sum(benchmark => benchmark.Predicted), end.Benchmarks.Sum(benchmark => benchmark.Failed)));
    }

    [Fact]
    public async Task Image_that_one_replica_lacks_is_answered_by_the_other()
    {
        WriteImages("data");
        WriteImages("copy");
        File.Delete(PathOf("copy", ImageThatIsNotProbed()));
        await using var cluster = await StartAsync([new WatchedModel(), new WatchedModel()], silo => new ImageFolder(_folder[silo == 2 ? "copy" : "data"]));

        RunProgress end = await cluster.WatchToTheEndAsync(await cluster.StartRunAsync());

        Assert.Equal((RunPhase.Completed, 0), (end.Phase, end.Benchmarks.Sum(benchmark => benchmark.Failed)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Image_that_no_replica_can_read_fails_its_samples_alone(int replicas)
    {
        WriteImages("data");
        ImageReference lost = ImageThatIsNotProbed();
        File.Delete(PathOf("data", lost));
        await using var cluster = await StartAsync(
            Enumerable.Range(0, replicas).Select(_ => new WatchedModel()), _ => new ImageFolder(_folder["data"]));

        RunId run = await cluster.StartRunAsync();
        RunProgress end = await cluster.WatchToTheEndAsync(run);

        Assert.Equal(RunPhase.Completed, end.Phase);
        Prediction[] failed = [.. cluster.Store.AllPredictions(run).Where(prediction => prediction.Failure is not null)];
        Assert.Equal(_benchmarks.All.Sum(benchmark => benchmark.Samples.Count(sample => sample.Image == lost)), failed.Length);
        Assert.All(failed, prediction => Assert.Equal(lost, prediction.Sample.Image));
        Assert.All(failed, prediction => Assert.Equal(
            new SampleFailure(SampleFailureKind.ImageUnavailable,
                $"The image '{lost}' was expected in 'images' and is not there. Put it there and start a new run."),
            prediction.Failure));
    }

    private Task<EvaluationCluster> StartAsync(IEnumerable<WatchedModel> models, Func<int, IImageSource> images) =>
        EvaluationCluster.StartAsync(models, _benchmarks, images: images);

    private void WriteImages(string folder, string content = "")
    {
        foreach (Benchmark benchmark in _benchmarks.All)
            foreach (ImageReference image in benchmark.Samples.Select(sample => sample.Image).Distinct())
                _folder.Write($"{folder}/{benchmark.Definition.Name}/images/{image}", Encoding.UTF8.GetBytes($"{content}{benchmark.Definition.Name}/{image}"));
    }

    private ImageReference ImageThatIsNotProbed()
    {
        Benchmark gqa = _benchmarks.All.Single(benchmark => benchmark.Definition.Name == InMemoryBenchmarks.Gqa);
        return gqa.Samples.Select(sample => sample.Image).Distinct().Except(NeededImages.Of(gqa, []).Candidates).First();
    }

    private string PathOf(string folder, ImageReference image) => _folder[folder, InMemoryBenchmarks.Gqa.Value, "images", image.Path];
}
