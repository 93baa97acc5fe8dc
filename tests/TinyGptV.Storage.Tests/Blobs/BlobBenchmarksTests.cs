using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Storage.Tests.Blobs;

public sealed class BlobBenchmarksTests(AzuriteServer azurite) : IDisposable
{
    private readonly BlobStorage _storage = new(azurite);
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _storage.Dispose();
        _folder.Dispose();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IBenchmarkSource Source => _storage.NewAccess().OpenBenchmarks(_storage.Location("all"), _folder["shipped"]);

    [Fact]
    public async Task ReadAsync_reads_what_a_folder_reads()
    {
        SmallBenchmark.WriteTo(_folder, "small", 40);
        await _storage.Container.UploadFolderAsync(_folder["data"], "all");

        Benchmark fromBlobs = await Source.ReadAsync(new("small"), Token);
        Benchmark fromFolder = await _storage.NewAccess().OpenBenchmarks(
            StorageLocation.Parse(_folder["data"]), _folder["shipped"]).ReadAsync(new("small"), Token);

        Assert.Equal(40, fromBlobs.Samples.Length);
        Assert.Equal(
            fromFolder.Samples.Select(sample => (sample.Id, sample.Image, sample.Question, sample.Target)),
            fromBlobs.Samples.Select(sample => (sample.Id, sample.Image, sample.Question, sample.Target)));
        Assert.Equal(fromFolder.Digests, fromBlobs.Digests);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_storage.CacheFolder, "temporary")));
    }

    [Fact]
    public async Task ListAsync_lists_those_with_a_definition_of_their_own_or_a_shipped_one()
    {
        _folder.Write("shipped/vsr/benchmark.json", SmallBenchmark.Definition("vsr"));
        await _storage.Container.UploadAsync("all/vsr/test.jsonl", []);
        await _storage.Container.UploadAsync("all/own/benchmark.json", []);
        await _storage.Container.UploadAsync("all/unknown/test.jsonl", []);

        Assert.Equal(["own", "vsr"], (await Source.ListAsync(Token)).Select(name => name.Value));
    }

    [Fact]
    public async Task ReadAsync_shipped_definition_and_second_alternative()
    {
        _folder.Write("shipped/vsr/benchmark.json", SmallBenchmark.Definition("vsr"));
        await _storage.Container.UploadAsync("all/vsr/other.jsonl", System.Text.Encoding.UTF8.GetBytes(SmallBenchmark.Annotations(3)));

        Assert.Equal(["other.jsonl"], (await Source.ReadAsync(new("vsr"), Token)).Digests.Keys);
    }

    [Theory]
    [InlineData("absent")]
    [InlineData("../all/own")]
    public async Task ReadAsync_unknown_benchmark_is_refused_with_those_there_are(string name)
    {
        await _storage.Container.UploadAsync("all/own/benchmark.json", []);

        var exception = await Assert.ThrowsAsync<PrerequisiteException>(async () => await Source.ReadAsync(new(name), Token));

        Assert.Contains($"There is no benchmark '{name}' in '{_storage.Root}/all': found own.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_malformed_annotations_name_the_container_and_not_the_copy()
    {
        await _storage.Container.UploadAsync("all/small/benchmark.json", System.Text.Encoding.UTF8.GetBytes(SmallBenchmark.Definition("small")));
        await _storage.Container.UploadAsync("all/small/test.jsonl", "{\"image\": 3}"u8.ToArray());

        var exception = await Assert.ThrowsAsync<PrerequisiteException>(async () => await Source.ReadAsync(new("small"), Token));

        Assert.Contains($"Benchmark 'small' in '{_storage.Root}/all' cannot be read", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(_storage.CacheFolder, exception.Message, StringComparison.Ordinal);
    }
}
