using System.Collections.Immutable;
using TinyGptV.Storage.Folders;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Inference;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Sharding;

namespace TinyGptV.Storage.Tests.Folders;

public sealed class RunFolderTests : IDisposable
{
    private static readonly RunId Run = new("first-run");
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private RunFolder Store => new(_folder["runs"], TimeProvider.System);

    [Fact]
    public async Task ListAsync_no_folder_yet_is_empty() => Assert.Empty(await Store.ListAsync(Token));

    [Fact]
    public async Task ListAsync_lists_runs_in_order_and_nothing_else()
    {
        foreach (string name in new[] { "b", "a", "B" }) await Store.TryCreateAsync(Manifest(name), Token);
        _folder.Write("runs/no-manifest/report.csv", "");
        _folder.Write("runs/not a name/manifest.json", "{}");

        Assert.Equal(["B", "a", "b"], (await Store.ListAsync(Token)).Select(run => run.Value));
    }

    [Fact]
    public async Task TryCreateAsync_second_manifest_is_not_written()
    {
        Assert.True(await Store.TryCreateAsync(Manifest("first-run"), Token));
        Assert.False(await Store.TryCreateAsync(Manifest("first-run") with { ShardSize = 99 }, Token));

        RunManifest? manifest = await Store.ReadManifestAsync(Run, Token);
        Assert.Equal(8, manifest!.ShardSize);
    }

    [Fact]
    public async Task ReadManifestAsync_reads_what_was_written()
    {
        RunManifest written = Manifest("first-run") with { Limit = 5 };
        await Store.TryCreateAsync(written, Token);

        RunManifest? read = await Store.ReadManifestAsync(Run, Token);

        Assert.Equal(written.Model.Name, read!.Model.Name);
        Assert.Equal((written.Run, written.Limit, written.ProgramVersion), (read.Run, read.Limit, read.ProgramVersion));
    }

    [Fact]
    public async Task ReadManifestAsync_unknown_run_is_null() => Assert.Null(await Store.ReadManifestAsync(Run, Token));

    [Fact]
    public async Task ReadManifestAsync_newer_layout_is_refused()
    {
        await Store.TryCreateAsync(Manifest("first-run") with { Layout = 2 }, Token);

        var exception = await Assert.ThrowsAsync<PrerequisiteException>(async () => await Store.ReadManifestAsync(Run, Token));

        Assert.Contains("has layout 2, written by a newer program", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadManifestAsync_malformed_is_refused()
    {
        _folder.Write("runs/first-run/manifest.json", "{ \"layout\": 1,");

        var exception = await Assert.ThrowsAsync<PrerequisiteException>(async () => await Store.ReadManifestAsync(Run, Token));

        Assert.Contains("is malformed", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../elsewhere")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData(null)]
    public async Task Run_name_that_is_no_name_never_becomes_a_path(string? name) =>
        await Assert.ThrowsAsync<PrerequisiteException>(async () => await Store.ListShardsAsync(new RunId(name!), Token));

    [Fact]
    public async Task ReadShardAsync_reads_what_was_written()
    {
        ImmutableArray<Prediction> written = [Predict("1", "a\nb\u2028c"), Predict("2", "Größe"), Failed("3")];
        Assert.True(await Store.TryWriteShardAsync(Run, new(7), PredictionLines.Write(written), Token));

        ImmutableArray<Prediction> read = (await Store.ReadShardAsync(Run, new(7), Token)).Predictions();

        Assert.Equal(written.Select(p => p.Sample.Id), read.Select(p => p.Sample.Id));
        Assert.Equal("a\nb\u2028c", read[0].Generation!.Text);
        Assert.Equal(SampleFailureKind.ImageUnavailable, read[2].Failure!.Kind);
        Assert.Equal([new ShardIndex(7)], await Store.ListShardsAsync(Run, Token));
        Assert.True(File.Exists(_folder["runs", "first-run", "predictions", "shard-000007.jsonl"]));
    }

    [Fact]
    public async Task TryWriteShardAsync_second_writer_loses()
    {
        await Store.TryWriteShardAsync(Run, new(0), PredictionLines.Write([Predict("1", "first")]), Token);

        Assert.False(await Store.TryWriteShardAsync(Run, new(0), PredictionLines.Write([Predict("1", "second")]), Token));
        Assert.Equal("first", (await Store.ReadShardAsync(Run, new(0), Token)).Predictions()[0].Generation!.Text);
    }

    [Fact]
    public async Task TryWriteShardAsync_many_writers_at_once_exactly_one_wins_and_its_predictions_stay()
    {
        for (int shard = 0; shard < 20; shard++)
        {
            using var gate = new Barrier(8);
            bool[] won = await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Factory.StartNew(
                () =>
                {
                    gate.SignalAndWait(Token);
                    return Store.TryWriteShardAsync(Run, new(shard), PredictionLines.Write([Predict("1", $"writer {writer}"), Predict("2", "x")]), Token).AsTask();
                },
                Token, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()));

            int winner = Assert.Single(Enumerable.Range(0, 8), writer => won[writer]);
            Assert.Equal($"writer {winner}", (await Store.ReadShardAsync(Run, new(shard), Token)).Predictions()[0].Generation!.Text);
        }
        Assert.Equal(20, Directory.GetFiles(_folder["runs", "first-run", "predictions"]).Length);
    }

    [Fact]
    public async Task TryWriteShardAsync_cancelled_leaves_nothing_behind()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await Store.TryWriteShardAsync(Run, new(0), PredictionLines.Write([Predict("1", "a")]), new CancellationToken(canceled: true)));

        Assert.Empty(await Store.ListShardsAsync(Run, Token));
        Assert.Empty(Directory.GetFiles(_folder["runs", "first-run", "predictions"]));
    }

    [Fact]
    public async Task TryWriteShardAsync_folder_that_cannot_be_made_says_what_to_do()
    {
        _folder.Write("runs", "a file where the folder should be");

        var exception = await Assert.ThrowsAsync<PrerequisiteException>(async () => await Store.TryWriteShardAsync(Run, new(0), PredictionLines.Write([Predict("1", "a")]), Token));

        Assert.Contains("choose another with --runs", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    public async Task ReadShardAsync_truncated_object_is_refused_with_advice(int missingBytes)
    {
        await Store.TryWriteShardAsync(Run, new(0), PredictionLines.Write([Predict("1", "a"), Predict("2", "b")]), Token);
        string path = _folder["runs", "first-run", "predictions", "shard-000000.jsonl"];
        byte[] bytes = await File.ReadAllBytesAsync(path, Token);
        await File.WriteAllBytesAsync(path, bytes[..^missingBytes], Token);

        var exception = await Assert.ThrowsAsync<PrerequisiteException>(async () => (await Store.ReadShardAsync(Run, new(0), Token)).Predictions());

        Assert.Contains("line 2 is not", exception.Message, StringComparison.Ordinal);
        Assert.Contains(path, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ListShardsAsync_ignores_temporary_files_and_removes_abandoned_ones()
    {
        await Store.TryWriteShardAsync(Run, new(3), PredictionLines.Write([Predict("1", "a")]), Token);
        await Store.TryWriteShardAsync(Run, new(1), PredictionLines.Write([Predict("2", "a")]), Token);
        string fresh = _folder.Write("runs/first-run/predictions/.writing-fresh", "{");
        string old = _folder.Write("runs/first-run/predictions/.writing-old", "{");
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddHours(-2));
        _folder.Write("runs/first-run/predictions/shard-x.jsonl", "");

        Assert.Equal([new ShardIndex(1), new ShardIndex(3)], await Store.ListShardsAsync(Run, Token));
        Assert.True(File.Exists(fresh));
        Assert.False(File.Exists(old));
    }

    [Fact]
    public async Task WriteReportAsync_replaces_the_older_report()
    {
        await Store.WriteReportAsync(Run, "report.csv", "old, and longer", Token);
        string path = await Store.WriteReportAsync(Run, "report.csv", "new\n", Token);

        Assert.Equal("new\n"u8.ToArray(), await File.ReadAllBytesAsync(path, Token));
        Assert.Equal(_folder["runs", "first-run", "report.csv"], path);
    }

    [Fact]
    public async Task WriteReportAsync_name_with_a_folder_is_a_bug() =>
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.WriteReportAsync(Run, "../report.csv", "", Token));

    [Fact]
    public async Task ReadReportAsync_reads_what_was_written_last_and_null_if_there_is_none()
    {
        Assert.Null(await Store.ReadReportAsync(Run, "state.json", Token));
        await Store.WriteReportAsync(Run, "state.json", "old", Token);
        await Store.WriteReportAsync(Run, "state.json", "new\n", Token);
        Assert.Equal("new\n", await Store.ReadReportAsync(Run, "state.json", Token));
    }

    private static RunManifest Manifest(string run) => new()
    {
        Run = new(run),
        ProgramVersion = "0.0.0",
        Model = new ModelIdentity { Name = "scripted", Digest = "00" },
        Benchmarks = [],
        ShardSize = 8,
    };

    private static Prediction Predict(string id, string text) =>
        Ask(id) with { Generation = new Generation(text, [1, 2], StopReason.Length) };

    private static Prediction Failed(string id) =>
        Ask(id) with { Failure = new SampleFailure(SampleFailureKind.ImageUnavailable, "gone") };

    private static Prediction Ask(string id) => new()
    {
        Benchmark = new("gqa"),
        Sample = new Sample { Id = new(id), Image = new("a.png"), Question = "What?", Target = "a" },
        Prompt = "What?",
    };
}
