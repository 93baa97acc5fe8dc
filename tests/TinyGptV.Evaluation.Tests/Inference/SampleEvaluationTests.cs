using System.Collections.Immutable;
using TinyGptV.Backends.Scripted;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Inference;
using TinyGptV.Evaluation.Models;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Sharding;
using TinyGptV.Evaluation.Tests.Runs;

namespace TinyGptV.Evaluation.Tests.Inference;

public class SampleEvaluationTests
{
    private readonly CountingImages _images = new();

    [Fact]
    public async Task EvaluateAsync_Shard_AsksEverySampleOnceAndReadsEveryImageOnce()
    {
        var predictions = await EvaluateAsync(new ScriptedModel(), Shard(1, 2, 1, 1, 3));
        Assert.Equal(["s0000", "s0001", "s0002", "s0003", "s0004"], predictions.Select(prediction => prediction.Sample.Id.Value).Order());
        Assert.Equal(["1.png", "2.png", "3.png"], _images.Reads.Order());
        Assert.All(predictions, prediction => Assert.NotNull(prediction.Generation));
    }

    [Fact]
    public async Task EvaluateAsync_Question_StandsVerbatimInThePrompt()
    {
        var sample = SampleRuns.Sample(0, "1.png") with { Question = "Is $1 {question}?" };
        var prediction = Assert.Single(await EvaluateAsync(new ScriptedModel(), new Shard(new ShardIndex(0), new BenchmarkName("gqa"), [sample])));
        Assert.Equal("###Human: <Img><ImageHere></Img> Is $1 {question}? ###Assistant: ", prediction.Prompt);
    }

    [Fact]
    public async Task EvaluateAsync_RankingBenchmark_RanksTheChoices()
    {
        var sample = SampleRuns.Sample(0, "1.png") with { Choices = ["a", "b", "c"] };
        var prediction = Assert.Single(await EvaluateAsync(
            new ScriptedModel(), new Shard(new ShardIndex(0), new BenchmarkName("gqa"), [sample]), RequestKind.Rank));
        Assert.Equal(3, prediction.Ranking!.Choices.Length);
        Assert.Null(prediction.Generation);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task EvaluateAsync_ManySamples_NeverAsksMoreAtOnceThanPreferred(int concurrency)
    {
        var model = new HeldModel(concurrency);
        var evaluation = EvaluateAsync(model, Shard(1, 1, 2, 2, 3, 3, 4));
        while (!evaluation.IsCompleted)
        {
            Assert.InRange(model.Held, 1, concurrency);
            model.ReleaseOne();
            await model.WhenSettledAsync(evaluation);
        }

        Assert.Equal(7, (await evaluation).Length);
        Assert.Equal(concurrency, model.MostHeld);
    }

    [Fact]
    public async Task EvaluateAsync_MissingImage_FailsItsSamplesWithoutThePath()
    {
        _images.Missing = "2.png";
        var predictions = await EvaluateAsync(new ScriptedModel(), Shard(1, 2, 2));
        var failed = predictions.Where(prediction => prediction.Sample.Image.Path == "2.png").ToArray();
        Assert.Equal(2, failed.Length);
        Assert.All(failed, prediction => Assert.Equal(
            new SampleFailure(SampleFailureKind.ImageUnavailable,
                "The image '2.png' was expected in 'images' or 'more' and is not there. Put it there and start a new run."),
            prediction.Failure));
        Assert.Null(predictions.Single(prediction => prediction.Sample.Image.Path == "1.png").Failure);
    }

    [Fact]
    public async Task EvaluateAsync_ImageWithSeveralNames_IsLookedUpUnderEachInOrder()
    {
        _images.Missing = "COCO_1.png";
        BenchmarkDefinition definition = SampleRuns.Definition("gqa") with { ImageNames = ["COCO_{image}", "{image}", "other_{image}"] };

        var predictions = await EvaluateAsync(new ScriptedModel(), Shard(1, 2), definition);

        Assert.Equal(["COCO_1.png", "1.png", "COCO_2.png"], _images.Reads);
        Assert.All(predictions, prediction => Assert.NotNull(prediction.Generation));
        Assert.Equal(["1.png", "2.png"], predictions.Select(prediction => prediction.Sample.Image.Path).Order());
    }

    [Fact]
    public async Task EvaluateAsync_ImageUnderNoneOfItsNames_NamesThemAll()
    {
        _images.Missing = "1.png";
        var prediction = Assert.Single(await EvaluateAsync(
            new ScriptedModel(), Shard(1), SampleRuns.Definition("gqa") with { ImageNames = ["{image}", "{image}"] }));
        Assert.StartsWith(
            "The image '1.png' or '1.png' was expected in 'images' or 'more' and is not there.", prediction.Failure!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("InvalidData", SampleFailureKind.ImageUndecodable,
        "The image '1.png' cannot be decoded: bad file (path) here. Replace the file and start a new run.")]
    [InlineData("Argument", SampleFailureKind.RequestRefused, "The model refused the request: bad file (path) here.")]
    public async Task EvaluateAsync_ModelRejectsASample_FailsIt(string kind, SampleFailureKind expected, string message)
    {
        const string found = "bad file /data/secret/1.png here.";
        var model = new ScriptedModel((_, _) => throw (kind == "Argument" ? new ArgumentException(found) : new InvalidDataException(found)));
        var prediction = Assert.Single(await EvaluateAsync(model, Shard(1)));
        Assert.Equal(new SampleFailure(expected, message), prediction.Failure);
        Assert.Null(prediction.Generation);
    }

    [Fact]
    public async Task EvaluateAsync_ModelBreaks_ThrowsAndLeavesNoRequestBehind()
    {
        var model = new HeldModel(3) { BreaksAt = 2 };
        var evaluation = EvaluateAsync(model, Shard(1, 2, 3, 4));
        await Assert.ThrowsAsync<InvalidOperationException>(() => evaluation);
        Assert.Equal(0, model.Held);
    }

    [Fact]
    public async Task EvaluateAsync_ReaderStopsEarly_LeavesNoRequestBehind()
    {
        var model = new HeldModel(2);
        var stream = new SampleEvaluation(model, _images).EvaluateAsync(
            [new EvaluationPart(SampleRuns.Definition("gqa"), Shard(1, 2, 3).Samples)], TestContext.Current.CancellationToken);
        await using (var reader = stream.GetAsyncEnumerator(TestContext.Current.CancellationToken))
        {
            var next = reader.MoveNextAsync();
            model.ReleaseOne();
            Assert.True(await next);
        }

        Assert.Equal(0, model.Held);
    }

    [Fact]
    public async Task EvaluateAsync_FirstWords_AreThoseThatTheScorersOfAnyModeWantToKnow()
    {
        BenchmarkDefinition plain = SampleRuns.Definition("gqa");
        BenchmarkDefinition asking = plain with { Scorers = plain.Scorers.SetItem("official", "true-or-false").SetItem("other", "yes-or-no") };

        Prediction told = Assert.Single(await EvaluateAsync(new ScriptedModel(), Shard(1), asking));
        Prediction untold = Assert.Single(await EvaluateAsync(new ScriptedModel(), Shard(1), plain));

        Assert.Equal(["false", "no", "true", "yes"], told.Generation!.FirstWords!.Keys);
        Assert.Null(untold.Generation!.FirstWords);
        Assert.Equal((untold.Generation.Text, untold.Prompt), (told.Generation.Text, told.Prompt));
    }

    private static Shard Shard(params int[] images) =>
        new(new ShardIndex(0), new BenchmarkName("gqa"), [.. SampleRuns.Benchmark("gqa", images).Samples]);

    private Task<ImmutableArray<Prediction>> EvaluateAsync(IVisionLanguageModel model, Shard shard, RequestKind request = RequestKind.Generate) =>
        EvaluateAsync(model, shard, SampleRuns.Definition("gqa", request));

    private async Task<ImmutableArray<Prediction>> EvaluateAsync(IVisionLanguageModel model, Shard shard, BenchmarkDefinition definition)
    {
        var predictions = ImmutableArray.CreateBuilder<Prediction>();
        var evaluation = new SampleEvaluation(model, _images);
        ImmutableArray<EvaluationPart> parts = [new(definition, shard.Samples)];
        await foreach (PartPrediction answer in evaluation.EvaluateAsync(parts, TestContext.Current.CancellationToken))
            predictions.Add(answer.Prediction);
        return predictions.ToImmutable();
    }

    /// <summary>Every image is its own name; one may be missing.</summary>
    private sealed class CountingImages : IImageSource
    {
        public List<string> Reads { get; } = [];

        public string? Missing { get; set; }

        public ValueTask<EncodedImage> ReadAsync(
            BenchmarkName benchmark, ImmutableArray<string> folders, ImageReference image, CancellationToken cancellationToken)
        {
            Reads.Add(image.Path);
            return image.Path == Missing
                ? throw new FileNotFoundException($"Could not find file '/data/{image}'.")
                : ValueTask.FromResult(new EncodedImage(System.Text.Encoding.UTF8.GetBytes(image.Path)));
        }
    }

    /// <summary>Holds every request until it is released.</summary>
    private sealed class HeldModel(int concurrency) : IVisionLanguageModel
    {
        public ChatFormat Chat => ChatFormat.Plain;

        private readonly Lock _lock = new();
        private readonly List<TaskCompletionSource> _held = [];
        private int _asked;

        public int Held
        {
            get
            {
                lock (_lock)
                    return _held.Count;
            }
        }

        public int MostHeld { get; private set; }

        public int BreaksAt { get; init; }

        public ModelIdentity Identity { get; } = new ScriptedModel().Identity;

        public int PreferredConcurrency => concurrency;

        public async ValueTask<Generation> GenerateAsync(GenerationRequest request, CancellationToken cancellationToken)
        {
            if (++_asked == BreaksAt)
                throw new InvalidOperationException("The device is gone.");
            var release = new TaskCompletionSource();
            Hold(release);
            using (cancellationToken.Register(() => Drop(release, cancellationToken)))
                await release.Task;
            return new Generation("yes", [1], StopReason.Length);
        }

        public ValueTask<ChoiceRanking> RankAsync(RankingRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public void ReleaseOne()
        {
            TaskCompletionSource first;
            lock (_lock)
            {
                first = _held[0];
                _held.RemoveAt(0);
            }

            first.SetResult();
        }

        /// <summary>Yields until the evaluation has asked again, or is over.</summary>
        public async Task WhenSettledAsync(Task evaluation)
        {
            while (!evaluation.IsCompleted && Held == 0)
                await Task.Yield();
        }

        private void Hold(TaskCompletionSource release)
        {
            lock (_lock)
            {
                _held.Add(release);
                MostHeld = Math.Max(MostHeld, _held.Count);
            }
        }

        private void Drop(TaskCompletionSource release, CancellationToken cancellationToken)
        {
            lock (_lock)
                _held.Remove(release);
            release.TrySetCanceled(cancellationToken);
        }
    }
}
