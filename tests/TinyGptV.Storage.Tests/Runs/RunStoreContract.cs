using System.Collections.Immutable;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Models;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Storage.Tests.Runs;

/// <summary>The contract of every run store; the tests of each implementation derive from it.</summary>
public abstract class RunStoreContract
{
    protected static RunId Run { get; } = new("first-run");

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The store under test, empty at the start. Where possible, each call returns a new object for the same runs.</summary>
    protected abstract IRunStore Store { get; }

    [Fact]
    public async Task ListAsync_nothing_yet_is_empty() => Assert.Empty(await Store.ListAsync(Token));

    [Fact]
    public async Task ListAsync_lists_runs_in_ordinal_order()
    {
        foreach (string name in new[] { "b", "a", "B" })
            await Store.TryCreateAsync(Manifest(name), Token);

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
    public async Task ListShardsAsync_unknown_run_is_empty() => Assert.Empty(await Store.ListShardsAsync(Run, Token));

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
    }

    [Fact]
    public async Task ReadShardsAsync_more_than_are_read_at_once_come_in_order()
    {
        const int Shards = 40;
        foreach (int shard in Enumerable.Range(0, Shards).Reverse())
            await Store.TryWriteShardAsync(Run, new(shard), PredictionLines.Write([Predict($"{shard}", "a")]), Token);

        string[] samples = await Store.ReadShardsAsync(Run, Token).Select(shard => shard.Predictions().Single().Sample.Id.Value).ToArrayAsync(Token);

        Assert.Equal(Enumerable.Range(0, Shards).Select(shard => $"{shard}"), samples);
    }

    [Fact]
    public async Task ReadShardsAsync_shard_that_is_not_there_throws_after_those_before_it()
    {
        await Store.TryWriteShardAsync(Run, new(0), PredictionLines.Write([Predict("1", "a")]), Token);
        await using var reading = Store.ReadShardsAsync(Run, [new(0), new(1), new(2)], Token).GetAsyncEnumerator(Token);

        Assert.True(await reading.MoveNextAsync());
        await Assert.ThrowsAsync<PrerequisiteException>(async () => await reading.MoveNextAsync());
    }

    [Fact]
    public async Task ListShardsAsync_lists_shards_in_ascending_order()
    {
        foreach (int shard in new[] { 11, 2, 1_000_000, 0 })
            await Store.TryWriteShardAsync(Run, new(shard), PredictionLines.Write([Predict("1", "a")]), Token);
        await Store.TryWriteShardAsync(new("first-run-2"), new(5), PredictionLines.Write([Predict("1", "a")]), Token);

        Assert.Equal([0, 2, 11, 1_000_000], (await Store.ListShardsAsync(Run, Token)).Select(shard => shard.Value));
    }

    [Theory]
    [InlineData("second")]
    [InlineData("first")] // the same answers do not make a second writer the first
    public async Task TryWriteShardAsync_second_writer_loses(string second)
    {
        await Store.TryWriteShardAsync(Run, new(0), PredictionLines.Write([Predict("1", "first")]), Token);

        Assert.False(await Store.TryWriteShardAsync(Run, new(0), PredictionLines.Write([Predict("1", second)]), Token));
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
                    return Store.TryWriteShardAsync(
                        Run, new(shard), PredictionLines.Write([Predict("1", $"writer {writer}"), Predict("2", "x")]), Token).AsTask();
                },
                Token, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()));

            int winner = Assert.Single(Enumerable.Range(0, 8), writer => won[writer]);
            Assert.Equal($"writer {winner}", (await Store.ReadShardAsync(Run, new(shard), Token)).Predictions()[0].Generation!.Text);
        }
        Assert.Equal(20, (await Store.ListShardsAsync(Run, Token)).Length);
    }

    [Fact]
    public async Task WritePartialAsync_replaces_the_older_answers_of_a_shard()
    {
        byte[] some = PredictionLines.Write([Predict("1", "a, and longer")]), more = PredictionLines.Write([Predict("1", "a"), Predict("2", "Größe")]);
        await Store.WritePartialAsync(Run, new(12), some, Token);
        await Store.WritePartialAsync(Run, new(3), some, Token);
        await Store.WritePartialAsync(Run, new(12), more, Token);

        Assert.Equal([3, 12], (await Store.ListPartialsAsync(Run, Token)).Select(shard => shard.Value));
        Assert.Equal(more, (await Store.ReadPartialAsync(Run, new(12), Token))!.Lines.ToArray());
        Assert.Empty(await Store.ListPartialsAsync(new("first-run-2"), Token));
    }

    [Fact]
    public async Task WritePartialAsync_is_no_shard_and_changes_no_version_of_a_run()
    {
        await Store.TryCreateAsync(Manifest("first-run"), Token);
        RunVersions before = await Store.ListVersionsAsync(Run, Token);
        await Store.WritePartialAsync(Run, new(0), PredictionLines.Write([Predict("1", "a")]), Token);

        Assert.Empty(await Store.ListShardsAsync(Run, Token));
        RunVersions after = await Store.ListVersionsAsync(Run, Token);
        Assert.Equal(before.Predictions, after.Predictions);
        Assert.Equal(before.Beside, after.Beside);
        Assert.True(await Store.TryWriteShardAsync(Run, new(0), PredictionLines.Write([Predict("1", "b")]), Token));
    }

    [Fact]
    public async Task RemovePartialAsync_leaves_the_others_and_may_be_repeated()
    {
        await Store.RemovePartialAsync(Run, new(0), Token);
        foreach (int shard in new[] { 0, 1 })
            await Store.WritePartialAsync(Run, new(shard), PredictionLines.Write([Predict("1", "a")]), Token);
        await Store.RemovePartialAsync(Run, new(0), Token);
        await Store.RemovePartialAsync(Run, new(0), Token);

        Assert.Null(await Store.ReadPartialAsync(Run, new(0), Token));
        Assert.Equal([new ShardIndex(1)], await Store.ListPartialsAsync(Run, Token));
        await Store.RemovePartialAsync(Run, new(1), Token);
        Assert.Empty(await Store.ListPartialsAsync(Run, Token));
    }

    [Fact]
    public async Task ReplaceShardAsync_keeps_what_the_shard_was_and_replaces_it_once_in_a_round()
    {
        byte[] first = PredictionLines.Write([Failed("1")]), second = PredictionLines.Write([Failed("1"), Failed("2")]),
            third = PredictionLines.Write([Predict("1", "a")]);
        await Store.TryWriteShardAsync(Run, new(12), first, Token);
        await Store.ReplaceShardAsync(Run, new(new(12), 1), second, Token);
        await Store.ReplaceShardAsync(Run, new(new(12), 1), third, Token);
        Assert.Equal(second, (await Store.ReadShardAsync(Run, new(12), Token)).Lines.ToArray());

        await Store.ReplaceShardAsync(Run, new(new(12), 2), third, Token);
        Assert.Equal(third, (await Store.ReadShardAsync(Run, new(12), Token)).Lines.ToArray());
        Assert.Equal([new PastShard(new(12), 1), new PastShard(new(12), 2)], await Store.ListHistoryAsync(Run, Token));
        Assert.Equal(first, (await Store.ReadHistoryAsync(Run, new(new(12), 1), Token)).Lines.ToArray());
        Assert.Equal(second, (await Store.ReadHistoryAsync(Run, new(new(12), 2), Token)).Lines.ToArray());
        Assert.Equal([new ShardIndex(12)], await Store.ListShardsAsync(Run, Token));
        Assert.Empty(await Store.ListHistoryAsync(new("first-run-2"), Token));
    }

    [Fact]
    public async Task ReplaceShardAsync_shard_that_is_not_stored_is_refused()
    {
        await Assert.ThrowsAsync<PrerequisiteException>(async () =>
            await Store.ReplaceShardAsync(Run, new(new(0), 1), PredictionLines.Write([Failed("1")]), Token));
        Assert.Empty(await Store.ListShardsAsync(Run, Token));
        Assert.Empty(await Store.ListHistoryAsync(Run, Token));
    }

    [Fact]
    public async Task WriteFileAsync_replaces_the_older_report()
    {
        await Store.WriteFileAsync(Run, "report.csv", "old, and longer"u8.ToArray(), Token);
        await Store.WriteFileAsync(Run, "report.csv", "new: Größe\n"u8.ToArray(), Token);

        Assert.Equal("new: Größe\n", await Store.ReadFileAsync(Run, "report.csv", Token));
    }

    [Fact]
    public async Task ReadFileAsync_no_such_report_is_null()
    {
        await Store.WriteFileAsync(Run, "report.csv", "here"u8.ToArray(), Token);

        Assert.Null(await Store.ReadFileAsync(Run, "report.md", Token));
        Assert.Null(await Store.ReadFileAsync(new("other-run"), "report.csv", Token));
    }

    [Fact]
    public async Task ListVersionsAsync_tells_whether_predictions_or_files_beside_them_changed()
    {
        var seen = new HashSet<string> { (await Store.ListVersionsAsync(Run, Token)).Predictions };
        await Store.TryCreateAsync(Manifest("first-run"), Token);
        Assert.True(seen.Add((await Store.ListVersionsAsync(Run, Token)).Predictions));
        await Store.TryWriteShardAsync(Run, new(0), PredictionLines.Write([Predict("1", "a")]), Token);
        Assert.True(seen.Add((await Store.ListVersionsAsync(Run, Token)).Predictions));

        RunVersions before = await Store.ListVersionsAsync(Run, Token);
        await Store.WriteFileAsync(Run, "report.csv", "old"u8.ToArray(), Token);
        RunVersions old = await Store.ListVersionsAsync(Run, Token), same = await Store.ListVersionsAsync(Run, Token);
        await Store.WriteFileAsync(Run, "report.csv", "newer"u8.ToArray(), Token);
        RunVersions newer = await Store.ListVersionsAsync(Run, Token);
        Assert.Empty(before.Beside);
        Assert.Equal(["report.csv"], old.Beside.Keys);
        Assert.Equal(old.Beside, same.Beside);
        Assert.NotEqual(old.Beside, newer.Beside);
        Assert.All([old, same, newer], versions => Assert.Equal(before.Predictions, versions.Predictions));

        await Store.TryWriteShardAsync(new("first-run-2"), new(0), PredictionLines.Write([Predict("1", "a")]), Token);
        Assert.Equal(before.Predictions, (await Store.ListVersionsAsync(Run, Token)).Predictions);
    }

    [Fact]
    public async Task ReadVersionedAsync_reads_what_was_written_last_and_nothing_before()
    {
        Assert.Null(await Store.ReadVersionedAsync(Run, "owner.json", Token));

        string? first = await Store.TryWriteVersionedAsync(Run, "owner.json", null, "first"u8.ToArray(), Token);
        Assert.Equal(new VersionedFile("first", first!), await Store.ReadVersionedAsync(Run, "owner.json", Token));
        string? second = await Store.TryWriteVersionedAsync(Run, "owner.json", first, "second: Größe"u8.ToArray(), Token);

        Assert.NotEqual(first, second);
        Assert.Equal(new VersionedFile("second: Größe", second!), await Store.ReadVersionedAsync(Run, "owner.json", Token));
        Assert.Null(await Store.ReadVersionedAsync(Run, "other.json", Token));
        Assert.Null(await Store.ReadVersionedAsync(new("first-run-2"), "owner.json", Token));
    }

    [Fact]
    public async Task TryWriteVersionedAsync_over_another_version_than_the_present_one_writes_nothing()
    {
        string? first = await Store.TryWriteVersionedAsync(Run, "owner.json", null, "first"u8.ToArray(), Token);
        Assert.Null(await Store.TryWriteVersionedAsync(Run, "owner.json", null, "late"u8.ToArray(), Token));
        string? current = first;
        for (int renewal = 1; renewal <= 30; renewal++)
            current = await Store.TryWriteVersionedAsync(Run, "owner.json", current!, "first"u8.ToArray(), Token);

        // A writer that slept for very long, with the same content as the present one.
        Assert.Null(await Store.TryWriteVersionedAsync(Run, "owner.json", first, "first"u8.ToArray(), Token));
        Assert.Null(await Store.TryWriteVersionedAsync(Run, "owner.json", null, "first"u8.ToArray(), Token));
        Assert.Equal(new VersionedFile("first", current!), await Store.ReadVersionedAsync(Run, "owner.json", Token));
        Assert.Null(await Store.TryWriteVersionedAsync(new("other-run"), "owner.json", current, "first"u8.ToArray(), Token));
    }

    [Fact]
    public async Task TryWriteVersionedAsync_many_writers_over_one_version_exactly_one_wins_and_its_content_stays()
    {
        string? version = null;
        for (int round = 0; round < 20; round++)
        {
            using var gate = new Barrier(6);
            string?[] written = await Task.WhenAll(Enumerable.Range(0, 6).Select(writer => Task.Factory.StartNew(
                () =>
                {
                    gate.SignalAndWait(Token);
                    return Store.TryWriteVersionedAsync(Run, "owner.json", version, System.Text.Encoding.UTF8.GetBytes($"writer {writer}"), Token).AsTask();
                },
                Token, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()));

            int winner = Assert.Single(Enumerable.Range(0, 6), writer => written[writer] is not null);
            version = written[winner];
            Assert.Equal(new VersionedFile($"writer {winner}", version!), await Store.ReadVersionedAsync(Run, "owner.json", Token));
        }
    }

    [Fact]
    public async Task Versioned_file_is_no_shard_and_no_run_and_changes_no_predictions()
    {
        await Store.TryCreateAsync(Manifest("first-run"), Token);
        RunVersions before = await Store.ListVersionsAsync(Run, Token);
        await Store.TryWriteVersionedAsync(Run, "owner.json", null, "first"u8.ToArray(), Token);

        Assert.Equal(before.Predictions, (await Store.ListVersionsAsync(Run, Token)).Predictions);
        Assert.Equal([Run], await Store.ListAsync(Token));
        Assert.Empty(await Store.ListShardsAsync(Run, Token));
    }

    [Fact]
    public async Task IdentifyAsync_gives_one_token_to_all_who_ask_at_once_and_later()
    {
        IRunStore store = Store;
        string[] tokens = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => store.IdentifyAsync(Token).AsTask()));

        Assert.Single(tokens.Distinct());
        Assert.NotEmpty(tokens[0]);
        Assert.Equal(tokens[0], await Store.IdentifyAsync(Token));
        Assert.Empty(await Store.ListAsync(Token));
    }

    protected static RunManifest Manifest(string run) => new()
    {
        Run = new(run),
        ProgramVersion = "0.0.0",
        Model = new ModelIdentity { Name = "scripted", Digest = "00" },
        Benchmarks = [],
        ShardSize = 8,
    };

    protected static Prediction Predict(string id, string text) =>
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
