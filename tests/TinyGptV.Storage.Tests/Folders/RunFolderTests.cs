using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Storage.Folders;
using TinyGptV.Storage.Tests.Runs;

namespace TinyGptV.Storage.Tests.Folders;

public sealed class RunFolderTests : RunStoreContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    protected override IRunStore Store => new RunFolder(_folder["runs"], TimeProvider.System);

    [Fact]
    public async Task ListAsync_lists_runs_in_order_and_nothing_else()
    {
        foreach (string name in new[] { "b", "a", "B" })
            await Store.TryCreateAsync(Manifest(name), Token);
        _folder.Write("runs/no-manifest/report.csv", "");
        _folder.Write("runs/not a name/manifest.json", "{}");

        Assert.Equal(["B", "a", "b"], (await Store.ListAsync(Token)).Select(run => run.Value));
    }

    [Fact]
    public async Task ReadManifestAsync_newer_layout_is_refused()
    {
        await Store.TryCreateAsync(Manifest("first-run") with { Layout = 2 }, Token);

        var exception = await Assert.ThrowsAsync<PrerequisiteException>(async () => await Store.ReadManifestAsync(Run, Token));

        Assert.Contains("has layout 2, written by a newer version", exception.Message, StringComparison.Ordinal);
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
    public async Task TryWriteShardAsync_names_the_file_by_the_shard()
    {
        await Store.TryWriteShardAsync(Run, new(7), PredictionLines.Write([Predict("1", "a")]), Token);

        Assert.True(File.Exists(_folder["runs", "first-run", "predictions", "shard-000007.jsonl"]));
    }

    [Fact]
    public async Task TryWriteShardAsync_cancelled_leaves_nothing_behind()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await Store.TryWriteShardAsync(Run, new(0), PredictionLines.Write([Predict("1", "a")]), new CancellationToken(canceled: true)));

        Assert.Empty(await Store.ListShardsAsync(Run, Token));
        Assert.False(Directory.Exists(_folder["runs"]));
    }

    [Fact]
    public async Task TryWriteShardAsync_folder_that_cannot_be_made_says_what_to_do()
    {
        _folder.Write("runs", "a file where the folder should be");

        var exception = await Assert.ThrowsAsync<PrerequisiteException>(
            async () => await Store.TryWriteShardAsync(Run, new(0), PredictionLines.Write([Predict("1", "a")]), Token));

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

        Assert.Contains("line 2: expected a prediction", exception.Message, StringComparison.Ordinal);
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
    public async Task ListShardsAsync_removes_abandoned_files_of_the_whole_run()
    {
        await Store.TryWriteVersionedAsync(Run, RunOwnership.File, null, "{}"u8.ToArray(), Token);
        string[] old = [.. new[] { "", "predictions/", ".owner/" }.Select(folder => _folder.Write($"runs/first-run/{folder}.writing-old", "{"))];
        foreach (string file in old)
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddHours(-2));

        await Store.ListShardsAsync(Run, Token);

        Assert.DoesNotContain(old, File.Exists);
        Assert.Equal("{}", (await Store.ReadVersionedAsync(Run, RunOwnership.File, Token))!.Content);
    }

    [Fact]
    public async Task Run_whose_folder_was_removed_is_refused_at_once_and_not_made_again()
    {
        IRunStore store = Store;
        await store.TryCreateAsync(Manifest("first-run"), Token);
        string? version = await store.TryWriteVersionedAsync(Run, RunOwnership.File, null, "{}"u8.ToArray(), Token);
        Directory.Delete(_folder["runs", "first-run"], recursive: true);

        var refusals = new[]
        {
            await Assert.ThrowsAsync<PrerequisiteException>(
                async () => await store.TryWriteShardAsync(Run, new(0), PredictionLines.Write([Predict("1", "a")]), Token)),
            await Assert.ThrowsAsync<PrerequisiteException>(async () => await store.WriteFileAsync(Run, "state.json", "{}"u8.ToArray(), Token)),
        };

        Assert.All(refusals, refusal => Assert.Contains("The run 'first-run' is gone from", refusal.Message, StringComparison.Ordinal));
        Assert.Null(await store.TryWriteVersionedAsync(Run, RunOwnership.File, version, "{}"u8.ToArray(), Token));
        Assert.False(Directory.Exists(_folder["runs", "first-run"]));
        // Started again from the beginning, it is a new run.
        Assert.True(await store.TryCreateAsync(Manifest("first-run"), Token));
        Assert.True(await store.TryWriteShardAsync(Run, new(0), PredictionLines.Write([Predict("1", "a")]), Token));
    }

    [Fact]
    public async Task TryWriteVersionedAsync_slow_writer_that_makes_a_removed_number_again_has_lost()
    {
        string? version = null;
        for (int renewal = 1; renewal <= 20; renewal++)
            version = await Store.TryWriteVersionedAsync(Run, RunOwnership.File, version, "{}"u8.ToArray(), Token);
        string[] left = [.. Directory.GetFiles(_folder["runs", "first-run", ".owner"]).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

        Assert.Equal("0000000020", version);
        Assert.Equal("0000000020.json", left[^1]);
        Assert.InRange(left.Length, 2, 10);
        File.WriteAllText(_folder["runs", "first-run", ".owner", "0000000002.json"], "late");
        Assert.Equal(new VersionedFile("{}", "0000000020"), await Store.ReadVersionedAsync(Run, RunOwnership.File, Token));
    }

    [Fact]
    public async Task WriteFileAsync_says_where_the_report_is()
    {
        string path = await Store.WriteFileAsync(Run, "report.csv", "new\n"u8.ToArray(), Token);

        Assert.Equal("new\n"u8.ToArray(), await File.ReadAllBytesAsync(path, Token));
        Assert.Equal(_folder["runs", "first-run", "report.csv"], path);
    }

    [Fact]
    public async Task WriteFileAsync_name_with_a_folder_is_a_bug() =>
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.WriteFileAsync(Run, "../report.csv", ""u8.ToArray(), Token));
}
