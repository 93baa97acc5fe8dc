using System.Security.Cryptography;
using System.Text;
using TinyGptV.Evaluation;
using TinyGptV.Storage.Blobs;
using TinyGptV.Storage.Locations;
using TinyGptV.Storage.Resilience;

namespace TinyGptV.Storage.Tests.Blobs;

public sealed class BlobCheckpointTests(AzuriteServer azurite) : IDisposable
{
    private readonly BlobStorage _storage = new(azurite);

    public void Dispose() => _storage.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // The pause is long enough for the one successful range to arrive before the others fail for good.
    private static StorageResilience OneRetry { get; } =
        BlobStorage.Quick with { MaxRetries = 1, FirstPause = TimeSpan.FromSeconds(2), LongestPause = TimeSpan.FromSeconds(2) };

    // Three ranges, the last one short.
    private static byte[] Weights { get; } = [.. Enumerable.Range(0, (2 * BlobDownload.RangeBytes) + 12345).Select(i => (byte)((i * 31) ^ (i >> 11)))];

    [Fact]
    public async Task FetchCheckpointAsync_brings_all_files_under_their_names()
    {
        await UploadAsync(_storage);

        using LocalCheckpoint lease = await FetchAsync(_storage);

        Assert.Equal("stage4", Path.GetFileName(lease.Folder));
        IEnumerable<string> files = Directory.EnumerateFiles(lease.Folder, "*", SearchOption.AllDirectories);
        Assert.Equal(["phi-2/config.json", "weights.pth"], files.Select(path => Path.GetRelativePath(lease.Folder, path)).Order(StringComparer.Ordinal));
        Assert.Equal(Weights, await File.ReadAllBytesAsync(Path.Combine(lease.Folder, "weights.pth"), Token));
        Assert.All(Directory.EnumerateFiles(Path.Combine(_storage.CacheFolder, "partial")), path => Assert.EndsWith(".lock", path, StringComparison.Ordinal));
    }

    [Fact]
    public async Task FetchCheckpointAsync_second_time_reads_nothing_but_the_listing()
    {
        await using var proxy = new FaultyProxy(azurite.Endpoint);
        using var storage = new BlobStorage(azurite, proxy.Endpoint);
        await UploadAsync(storage);
        string first = await FolderAsync(storage);
        proxy.Schedule = FaultSchedule.Fair;

        Assert.Equal(first, await FolderAsync(storage));
        Assert.Equal(1, proxy.Requests);
    }

    [Fact]
    public async Task FetchCheckpointAsync_damaged_copy_is_fetched_again()
    {
        await UploadAsync(_storage);
        await FolderAsync(_storage);
        string path = _storage.Cached().Single(file => file.Length == Weights.Length).FullName;
        byte[] damaged = [.. Weights];
        damaged[^1] ^= 1;
        await File.WriteAllBytesAsync(path, damaged, Token);

        using LocalCheckpoint lease = await FetchAsync(_storage);

        Assert.Equal(Weights, await File.ReadAllBytesAsync(Path.Combine(lease.Folder, "weights.pth"), Token));
    }

    [Fact]
    public async Task FetchCheckpointAsync_changed_blob_is_another_checkpoint()
    {
        await UploadAsync(_storage);
        string before = await FolderAsync(_storage);
        await _storage.Container.UploadAsync("models/stage4/phi-2/config.json", "{ }"u8.ToArray());

        string after = await FolderAsync(_storage);

        Assert.NotEqual(before, after);
        Assert.Equal("{ }", await File.ReadAllTextAsync(Path.Combine(after, "phi-2", "config.json"), Token));
        Assert.Equal("{}", await File.ReadAllTextAsync(Path.Combine(before, "phi-2", "config.json"), Token)); // a reader that has it open can go on
    }

    [Fact]
    public async Task FetchCheckpointAsync_interrupted_goes_on_with_what_is_there()
    {
        await using var proxy = new FaultyProxy(azurite.Endpoint);
        using var storage = new BlobStorage(azurite, proxy.Endpoint);
        storage.Options = storage.Options with { Resilience = OneRetry };
        await UploadAsync(storage);
        // Listing and small file, then one range of three; the others fail for good.
        proxy.Schedule = new FaultSchedule(seed: 0, rate: 0) { Script = [Fault.None, Fault.None, Fault.None, .. Enumerable.Repeat(Fault.Busy, 10)] };
        await Assert.ThrowsAsync<PrerequisiteException>(() => FetchAsync(storage));
        proxy.Schedule = FaultSchedule.Fair;
        string journal = Assert.Single(Directory.GetFiles(Path.Combine(storage.CacheFolder, "partial"), "*.journal"));
        Assert.Single(await File.ReadAllLinesAsync(journal, Token));

        using LocalCheckpoint lease = await FetchAsync(storage);

        Assert.Equal(Weights, await File.ReadAllBytesAsync(Path.Combine(lease.Folder, "weights.pth"), Token));
        Assert.Equal(1 + 2, proxy.Requests); // the listing and the two ranges that were missing
    }

    [Fact]
    public async Task FetchCheckpointAsync_journal_without_the_bytes_is_not_believed()
    {
        await using var proxy = new FaultyProxy(azurite.Endpoint);
        using var storage = new BlobStorage(azurite, proxy.Endpoint);
        storage.Options = storage.Options with { Resilience = OneRetry };
        await UploadAsync(storage);
        proxy.Schedule = new FaultSchedule(seed: 0, rate: 0) { Script = [Fault.None, Fault.None, Fault.None, .. Enumerable.Repeat(Fault.Busy, 10)] };
        await Assert.ThrowsAsync<PrerequisiteException>(() => FetchAsync(storage));
        proxy.Schedule = FaultSchedule.Fair;
        string journal = Assert.Single(Directory.GetFiles(Path.Combine(storage.CacheFolder, "partial"), "*.journal"));
        await using (var lost = new FileStream(journal[..^".journal".Length], FileMode.Open))
            lost.Write(new byte[Weights.Length]);

        using LocalCheckpoint lease = await FetchAsync(storage);

        Assert.Equal(Weights, await File.ReadAllBytesAsync(Path.Combine(lease.Folder, "weights.pth"), Token));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(11)]
    public async Task FetchCheckpointAsync_under_faults_is_whole(int seed)
    {
        await using var proxy = new FaultyProxy(azurite.Endpoint);
        using var storage = new BlobStorage(azurite, proxy.Endpoint);
        await UploadAsync(storage);
        proxy.Schedule = new FaultSchedule(seed, rate: 0.4) { Hold = TimeSpan.FromSeconds(2.2) };

        using LocalCheckpoint lease = await FetchAsync(storage);

        Assert.Equal(Weights, await File.ReadAllBytesAsync(Path.Combine(lease.Folder, "weights.pth"), Token));
    }

    [Fact]
    public async Task FetchCheckpointAsync_several_at_once_read_each_range_once()
    {
        await using var proxy = new FaultyProxy(azurite.Endpoint);
        using var storage = new BlobStorage(azurite, proxy.Endpoint);
        await UploadAsync(storage);
        proxy.Schedule = FaultSchedule.Fair;

        LocalCheckpoint[] leases = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => FetchAsync(storage), Token)));

        Assert.Single(leases.Select(lease => lease.Folder).Distinct());
        Assert.Equal(4 + 3 + 1, proxy.Requests); // a listing each, three ranges, one small file
        foreach (LocalCheckpoint lease in leases)
            lease.Dispose();
    }

    [Fact]
    public async Task FetchCheckpointAsync_digests_beside_it_are_checked()
    {
        await UploadAsync(_storage);
        await _storage.Container.UploadAsync("models/stage4/SHA256SUMS", Encoding.UTF8.GetBytes($"{new string('0', 64)}  weights.pth\n"));

        var exception = await Assert.ThrowsAsync<PrerequisiteException>(() => FetchAsync(_storage));

        Assert.Contains("weights.pth' does not match the digest in SHA256SUMS", exception.Message, StringComparison.Ordinal);
        await _storage.Container.UploadAsync(
            "models/stage4/SHA256SUMS", Encoding.UTF8.GetBytes($"{Convert.ToHexStringLower(SHA256.HashData(Weights))} *./weights.pth\n"));
        await FolderAsync(_storage);
    }

    [Fact]
    public async Task FetchCheckpointAsync_nothing_there_says_what_to_check()
    {
        await UploadAsync(_storage);

        var exception = await Assert.ThrowsAsync<PrerequisiteException>(
            () => _storage.NewAccess().FetchCheckpointAsync(_storage.Location("models/stage5"), Token));

        Assert.StartsWith($"There is no checkpoint at '{_storage.Root}/models/stage5'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FetchCheckpointAsync_larger_than_the_cache_is_refused_before_it_is_read()
    {
        await UploadAsync(_storage);
        _storage.Options = _storage.Options with { CacheBytes = 1 << 20 };

        var exception = await Assert.ThrowsAsync<PrerequisiteException>(() => FetchAsync(_storage));

        Assert.Contains("Raise --cache-size", exception.Message, StringComparison.Ordinal);
        Assert.Empty(_storage.Cached());
    }

    [Fact]
    public async Task FetchCheckpointAsync_what_is_leased_is_not_evicted()
    {
        await UploadAsync(_storage);
        await _storage.Container.UploadAsync("models/other/weights.pth", [.. Weights.Reverse()]);
        _storage.Options = _storage.Options with { CacheBytes = Weights.Length + (1 << 20) };
        using LocalCheckpoint lease = await FetchAsync(_storage);

        using (await _storage.NewAccess().FetchCheckpointAsync(_storage.Location("models/other"), Token))
            Assert.Equal(Weights, await File.ReadAllBytesAsync(Path.Combine(lease.Folder, "weights.pth"), Token));
    }

    private static Task<LocalCheckpoint> FetchAsync(BlobStorage storage) => storage.NewAccess().FetchCheckpointAsync(storage.Location("models/stage4"), Token);

    private static async Task<string> FolderAsync(BlobStorage storage)
    {
        using LocalCheckpoint lease = await FetchAsync(storage);
        return lease.Folder;
    }

    private static async Task UploadAsync(BlobStorage storage)
    {
        await storage.Container.UploadAsync("models/stage4/phi-2/config.json", "{}"u8.ToArray());
        await storage.Container.UploadAsync("models/stage4/weights.pth", Weights);
    }
}
