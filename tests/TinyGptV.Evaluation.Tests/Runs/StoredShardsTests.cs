using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Evaluation.Tests.Runs;

public class StoredShardsTests
{
    private readonly StoreOfOneRun _store = new(SampleRuns.Manifest(SampleRuns.Benchmark("gqa", 1)));

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(16)]
    [InlineData(50)]
    public async Task ReadShardsAsync_AnyNumber_GivesEachInOrder(int shards)
    {
        Store(shards);
        _store.Open();

        List<string> places = [];
        await foreach (StoredShard shard in _store.ReadShardsAsync(new RunId("a-run"), TestContext.Current.CancellationToken))
            places.Add(shard.Place);

        Assert.Equal(Enumerable.Range(0, shards).Select(shard => $"{shard}.jsonl"), places);
    }

    [Fact]
    public async Task ReadShardsAsync_ManyShards_ReadsSixteenAtOnceAndNotAll()
    {
        Store(50);
        CancellationToken token = TestContext.Current.CancellationToken;
        var reader = _store.ReadShardsAsync(new RunId("a-run"), token).GetAsyncEnumerator(token);

        Task<bool> first = reader.MoveNextAsync().AsTask();
        Assert.Equal(16, _store.MostAtOnce);
        _store.Open();
        Assert.True(await first);
        await reader.DisposeAsync();
        Assert.Equal(16, _store.Read.Count);
    }

    private void Store(int shards)
    {
        for (int shard = 0; shard < shards; shard++)
            _store.Put(shard, SampleRuns.Prediction("gqa", SampleRuns.Sample(shard, "1.png")));
    }
}
