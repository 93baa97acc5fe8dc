using System.Collections.Concurrent;
using System.Collections.Immutable;
using CsCheck;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Storage.Tests.Runs;

namespace TinyGptV.Storage.Tests.Blobs;

public sealed class BlobRunStoreTests(AzuriteServer azurite) : RunStoreContract, IDisposable
{
    private readonly BlobStorage _storage = new(azurite);

    protected override IRunStore Store => _storage.NewStore();

    public void Dispose() => _storage.Dispose();

    [Theory]
    [InlineData("../elsewhere")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData(null)]
    public async Task Run_name_that_is_no_name_never_becomes_a_blob(string? name) =>
        await Assert.ThrowsAsync<PrerequisiteException>(async () => await Store.ListShardsAsync(new RunId(name!), Token));

    [Theory]
    [InlineData("../report.csv")]
    [InlineData("sub/report.csv")]
    public async Task WriteFileAsync_name_with_a_folder_is_a_bug(string name) =>
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.WriteFileAsync(Run, name, ""u8.ToArray(), Token));

    [Fact]
    public async Task Names_of_blobs_are_those_of_files()
    {
        await Store.TryCreateAsync(Manifest("first-run"), Token);
        await Store.TryWriteShardAsync(Run, new(7), PredictionLines.Write([Predict("1", "a")]), Token);

        Assert.Equal($"{_storage.Root}/team/runs/first-run/report.csv", await Store.WriteFileAsync(Run, "report.csv", "x"u8.ToArray(), Token));
        Assert.Equal($"{_storage.Root}/team/runs/first-run/predictions/shard-000007.jsonl", (await Store.ReadShardAsync(Run, new(7), Token)).Place);
    }

    [Fact]
    public async Task ListAsync_and_ListShardsAsync_leave_out_what_is_not_theirs()
    {
        await Store.TryCreateAsync(Manifest("first-run"), Token);
        await Store.TryWriteShardAsync(Run, new(3), PredictionLines.Write([Predict("1", "a")]), Token);
        await _storage.Container.UploadAsync("team/runs/no-manifest/report.csv", []);
        await _storage.Container.UploadAsync("team/runs/not a name/manifest.json", []);
        await _storage.Container.UploadAsync("team/runs-of-others/second-run/manifest.json", []);
        await _storage.Container.UploadAsync("team/runs/first-run/predictions/shard-x.jsonl", []);

        Assert.Equal([Run], await Store.ListAsync(Token));
        Assert.Equal([new ShardIndex(3)], await Store.ListShardsAsync(Run, Token));
    }

    [Fact]
    public async Task ListAsync_asks_once_for_all_runs_that_were_listed_before()
    {
        await using var proxy = new FaultyProxy(azurite.Endpoint);
        using var storage = new BlobStorage(azurite, proxy.Endpoint);
        IRunStore store = storage.NewStore();
        RunId[] runs = [.. Enumerable.Range(10, 40).Select(number => new RunId($"run-{number}"))];
        foreach (RunId run in runs.SkipLast(1))
            await store.TryCreateAsync(Manifest(run.Value), Token);
        Assert.Equal(runs.SkipLast(1), await store.ListAsync(Token));
        await store.TryCreateAsync(Manifest(runs[^1].Value), Token);

        var asked = new ConcurrentQueue<string>();
        proxy.Served += (method, target, _) => asked.Enqueue($"{method} {target.Split('?')[0]}");
        Assert.Equal(runs, await store.ListAsync(Token));

        // One request for the list and one for the unknown run; a slow service may be hedged.
        string[] requests = [.. asked.Distinct().Order(StringComparer.Ordinal)];
        Assert.Equal(2, requests.Length);
        Assert.StartsWith("GET ", requests[0], StringComparison.Ordinal);
        Assert.Matches($"^HEAD .*/{runs[^1]}/manifest.json$", requests[1]);
    }

    [Fact]
    public async Task ListAsync_leaves_out_a_run_whose_manifest_was_found_removed()
    {
        IRunStore store = Store;
        await store.TryCreateAsync(Manifest("first-run"), Token);
        await store.TryWriteShardAsync(Run, new(0), PredictionLines.Write([Predict("1", "a")]), Token);
        Assert.Equal([Run], await store.ListAsync(Token));

        await _storage.Container.DeleteAsync("team/runs/first-run/manifest.json");

        Assert.Null(await store.ReadManifestAsync(Run, Token));
        Assert.Empty(await store.ListAsync(Token));
    }

    [Fact]
    public async Task ReadManifestAsync_malformed_is_refused_with_its_place()
    {
        await _storage.Container.UploadAsync("team/runs/first-run/manifest.json", "{ \"layout\": 1,"u8.ToArray());

        var exception = await Assert.ThrowsAsync<PrerequisiteException>(async () => await Store.ReadManifestAsync(Run, Token));

        Assert.Contains($"The manifest '{_storage.Root}/team/runs/first-run/manifest.json' is malformed", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Fault.CutAfter)]
    [InlineData(Fault.ErrorAfter)]
    [InlineData(Fault.Late)]
    public async Task TryWriteShardAsync_answer_lost_is_recognised_as_ones_own(Fault fault)
    {
        await using var proxy = new FaultyProxy(azurite.Endpoint);
        using var storage = new BlobStorage(azurite, proxy.Endpoint);
        IRunStore store = storage.NewStore();
        await store.TryCreateAsync(Manifest("first-run"), Token); // the container is there now
        proxy.Schedule = new FaultSchedule(seed: 0, rate: 0) { Script = [fault], Hold = TimeSpan.FromSeconds(1.5) };

        Assert.True(await store.TryWriteShardAsync(Run, new(0), PredictionLines.Write([Predict("1", "mine")]), Token));
        Assert.False(await store.TryWriteShardAsync(Run, new(0), PredictionLines.Write([Predict("1", "mine")]), Token));
    }

    [Fact]
    public async Task TryWriteShardAsync_first_try_never_arrives_and_somebody_else_wrote_is_not_ones_own()
    {
        await using var proxy = new FaultyProxy(azurite.Endpoint);
        using var storage = new BlobStorage(azurite, proxy.Endpoint);
        IRunStore store = storage.NewStore();
        byte[] lines = PredictionLines.Write([Predict("1", "the same answer")]);
        await store.TryWriteShardAsync(Run, new(0), lines, Token);
        proxy.Schedule = new FaultSchedule(seed: 0, rate: 0) { Script = [Fault.CutBefore, Fault.Conflict, Fault.Busy] };

        Assert.False(await store.TryWriteShardAsync(Run, new(0), lines, Token));
    }

    [Fact]
    public async Task TryWriteShardAsync_conflict_with_nothing_is_tried_again()
    {
        await using var proxy = new FaultyProxy(azurite.Endpoint);
        using var storage = new BlobStorage(azurite, proxy.Endpoint);
        IRunStore store = storage.NewStore();
        await store.TryCreateAsync(Manifest("first-run"), Token);
        proxy.Schedule = new FaultSchedule(seed: 0, rate: 0) { Script = [Fault.Conflict] };

        Assert.True(await store.TryWriteShardAsync(Run, new(0), PredictionLines.Write([Predict("1", "a")]), Token));
    }

    [Theory]
    [InlineData(Fault.CutAfter)]
    [InlineData(Fault.ErrorAfter)]
    [InlineData(Fault.Late)]
    [InlineData(Fault.Conflict)]
    public async Task TryWriteVersionedAsync_answer_lost_or_conflict_with_nothing_is_ones_own_write(Fault fault)
    {
        await using var proxy = new FaultyProxy(azurite.Endpoint);
        using var storage = new BlobStorage(azurite, proxy.Endpoint);
        IRunStore store = storage.NewStore();
        string? first = await store.TryWriteVersionedAsync(Run, "owner.json", null, "first"u8.ToArray(), Token);
        proxy.Schedule = new FaultSchedule(seed: 0, rate: 0) { Script = [fault], Hold = TimeSpan.FromSeconds(1.5) };

        string? second = await store.TryWriteVersionedAsync(Run, "owner.json", first, "second"u8.ToArray(), Token);

        Assert.Equal(new VersionedFile("second", second!), await store.ReadVersionedAsync(Run, "owner.json", Token));
        Assert.Null(await store.TryWriteVersionedAsync(Run, "owner.json", first, "second"u8.ToArray(), Token));
    }

    /// <summary>Three writers, independent like three processes, race for each shard while the service fails according to a seed.</summary>
    [Fact]
    public async Task Under_any_schedule_of_faults_each_shard_has_one_content_and_one_writer()
    {
        await using var proxy = new FaultyProxy(azurite.Endpoint);
        await Gen.Select(Gen.Int[1, 1_000_000], Gen.Double[0.05, 0.5]).SampleAsync(
            async (seed, rate) => await RaceAsync(proxy, seed, rate), iter: Iterations, threads: 1, print: pair => $"seed {pair.Item1}, rate {pair.Item2}");
    }

    private static int Iterations => int.TryParse(Environment.GetEnvironmentVariable("TINYGPTV_STORAGE_SCHEDULES"), out int wanted) ? wanted : 12;

    private async Task RaceAsync(FaultyProxy proxy, int seed, double rate)
    {
        const int writers = 3, shards = 4;
        using var storage = new BlobStorage(azurite, proxy.Endpoint);
        IRunStore[] stores = [.. Enumerable.Range(0, writers).Select(_ => storage.NewStore())];
        proxy.Schedule = new FaultSchedule(seed, rate) { Hold = TimeSpan.FromSeconds(1.2) };

        bool[] created = await Task.WhenAll(stores.Select(store => store.TryCreateAsync(Manifest("first-run"), Token).AsTask()));
        bool[][] won = await Task.WhenAll(Enumerable.Range(0, shards).Select(shard => Task.WhenAll(stores.Select((store, writer) =>
            store.TryWriteShardAsync(Run, new(shard), ContentOf(shard, writer), Token).AsTask()))));
        ImmutableArray<ShardIndex> listed = await stores[0].ListShardsAsync(Run, Token);
        StoredShard[] read = await Task.WhenAll(listed.Select(shard => stores[1].ReadShardAsync(Run, shard, Token).AsTask()));

        Assert.Single(created, one => one);
        Assert.Equal(Enumerable.Range(0, shards), listed.Select(shard => shard.Value));
        for (int shard = 0; shard < shards; shard++)
        {
            int winner = Assert.Single(Enumerable.Range(0, writers), writer => won[shard][writer]);
            Assert.Equal(ContentOf(shard, winner), read[shard].Lines.ToArray());
        }
    }

    // Every second shard gets the same answers from all writers, as from a deterministic model.
    private static byte[] ContentOf(int shard, int writer) => PredictionLines.Write([Predict("1", shard % 2 == 0 ? "the same" : $"writer {writer}")]);
}
