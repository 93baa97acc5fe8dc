using Microsoft.Extensions.Options;
using TinyGptV.Cluster.Configuration;
using TinyGptV.Cluster.Dispatch;
using TinyGptV.Cluster.Runs;
using TinyGptV.Cluster.Tests.Doubles;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Models;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Sharding;

namespace TinyGptV.Cluster.Tests.Runs;

public class RunPreparationTests
{
    private readonly InMemoryBenchmarks _benchmarks = new();
    private readonly InMemoryRunStore _store = new();
    private readonly ReadingHandover _handover = new();
    private readonly RunManifest _manifest;

    public RunPreparationTests() => _manifest = new RunManifest
    {
        Run = new RunId("mine"),
        ProgramVersion = "0.0.0",
        Model = new ModelIdentity { Name = "scripted", Digest = "00" },
        Benchmarks = [.. _benchmarks.All.Select(RunPlanning.Describe)],
        ShardSize = 4,
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PrepareAsync_what_was_read_to_start_the_run_is_taken_and_not_read_again()
    {
        using (_handover.Offer(Reading(_manifest)))
        {
            using ActiveRun run = await PrepareAsync();
            Assert.Empty(_benchmarks.Reads);
            using ActiveRun again = await PrepareAsync();
            Assert.Equal(2, _benchmarks.Reads.Length);
            Assert.Equal(again.Shards.Select(shard => shard.Samples.ToArray()), run.Shards.Select(shard => shard.Samples.ToArray()));
        }
    }

    [Fact]
    public async Task PrepareAsync_after_the_offer_has_ended_reads_by_itself()
    {
        _handover.Offer(Reading(_manifest)).Dispose();
        using ActiveRun run = await PrepareAsync();
        Assert.Equal(2, _benchmarks.Reads.Length);
    }

    [Theory]
    [InlineData("digest")]
    [InlineData("limit")]
    [InlineData("shard size")]
    [InlineData("order")]
    public async Task PrepareAsync_what_was_read_is_not_what_the_run_is_about_reads_by_itself(string difference)
    {
        using IDisposable offer = _handover.Offer(Reading(difference switch
        {
            "digest" => _manifest with { Benchmarks = [Changed(_manifest.Benchmarks[0]), .. _manifest.Benchmarks[1..]] },
            "limit" => _manifest with { Limit = 3 },
            "shard size" => _manifest with { ShardSize = 5 },
            _ => _manifest with { Benchmarks = [.. _manifest.Benchmarks.Reverse()] },
        }));
        using ActiveRun run = await PrepareAsync();
        Assert.Equal(2, _benchmarks.Reads.Length);
        Assert.Equal(47, run.Shards.Sum(shard => shard.Count));
    }

    [Fact]
    public async Task PrepareAsync_benchmark_changed_since_and_another_reading_offered_is_refused()
    {
        _benchmarks.Change(InMemoryBenchmarks.Gqa);
        var changed = _manifest with { Benchmarks = [Changed(_manifest.Benchmarks[0]), .. _manifest.Benchmarks[1..]] };
        using IDisposable offer = _handover.Offer(Reading(changed));
        var exception = await Assert.ThrowsAsync<PrerequisiteException>(PrepareAsync);
        Assert.EndsWith("benchmarks.gqa.digests.test.json: stored \"digest of gqa\", requested \"changed\"", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Offer_of_a_run_is_replaced_by_the_next_and_ended_by_its_own_end_alone()
    {
        RunReading first = Reading(_manifest), second = Reading(_manifest);
        IDisposable older = _handover.Offer(first);
        using IDisposable newer = _handover.Offer(second);
        older.Dispose();
        Assert.Same(second, _handover.Take(_manifest.Run));
        Assert.Null(_handover.Take(_manifest.Run));
    }

    private static BenchmarkManifest Changed(BenchmarkManifest benchmark) => benchmark with { Digests = benchmark.Digests.SetItem("test.json", "changed") };

    private RunReading Reading(RunManifest manifest)
    {
        Benchmark[] benchmarks = [.. manifest.Benchmarks.Select(described => _benchmarks.All.Single(one => one.Definition.Name == described.Definition.Name))];
        int shards = 0;
        return new RunReading(manifest, [.. benchmarks.SelectMany(benchmark =>
        {
            var packed = RunReading.Pack(RunPlanning.Take(benchmark, manifest.Limit), manifest.ShardSize, shards).ToArray();
            shards += packed.Length;
            return packed;
        })], [.. benchmarks.Select(benchmark => NeededImages.Of(benchmark, []))]);
    }

    private async Task<ActiveRun> PrepareAsync()
    {
        await _store.TryCreateAsync(_manifest, Token);
        var preparation = new RunPreparation(_benchmarks, _benchmarks, _store, _handover, Options.Create(new EvaluationClusterOptions()));
        return await preparation.PrepareAsync(_manifest.Run, retry: null, Token);
    }
}
