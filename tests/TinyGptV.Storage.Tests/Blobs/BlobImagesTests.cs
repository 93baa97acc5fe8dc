using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Storage.Tests.Blobs;

public sealed class BlobImagesTests(AzuriteServer azurite) : IDisposable
{
    private static readonly BenchmarkName Gqa = new("gqa");
    private readonly BlobStorage _storage = new(azurite);

    public void Dispose() => _storage.Dispose();

    [Fact]
    public async Task ReadAsync_image_in_second_folder_is_found()
    {
        await _storage.Container.UploadAsync("all/gqa/more/900/a b#1%.png", [1, 2, 3]);

        Assert.Equal([1, 2, 3], (await ReadAsync("./900//a b#1%.png", "images", "more")).Bytes.ToArray());
    }

    [Fact]
    public async Task ReadAsync_image_in_both_folders_first_folder_wins()
    {
        await _storage.Container.UploadAsync("all/gqa/images/a.png", [1]);
        await _storage.Container.UploadAsync("all/gqa/more/a.png", [2]);

        Assert.Equal([1], (await ReadAsync("a.png", "images", "more")).Bytes.ToArray());
    }

    [Fact]
    public async Task ReadAsync_missing_image_says_the_same_as_a_folder()
    {
        await _storage.Container.UploadAsync("all/gqa/images/b.png", [1]);

        IOException exception = await Assert.ThrowsAsync<FileNotFoundException>(async () => await ReadAsync("a.png", "images", "more"));

        Assert.Equal("The image 'a.png' of benchmark 'gqa' is in none of its folders: images, more. Complete the benchmark's images.", exception.Message);
    }

    [Theory]
    [InlineData("../secret.png")]
    [InlineData("sub/../../secret.png")]
    [InlineData("..\\secret.png")]
    [InlineData("/etc/hostname")]
    [InlineData("C:secret.png")]
    [InlineData("")]
    public async Task ReadAsync_name_that_leads_out_is_refused_and_never_asked_for(string name)
    {
        await using var proxy = new FaultyProxy(azurite.Endpoint);
        using var storage = new BlobStorage(azurite, proxy.Endpoint);
        await storage.Container.UploadAsync("all/secret.png", [1]);

        IOException exception = await Assert.ThrowsAsync<IOException>(async () =>
            await storage.NewAccess().OpenImages(storage.Location("all")).ReadAsync(Gqa, ["images"], new(name), TestContext.Current.CancellationToken));

        Assert.Contains("leads out of the folder of benchmark", exception.Message, StringComparison.Ordinal);
        Assert.Equal(0, proxy.Requests);
    }

    [Fact]
    public async Task ReadAsync_second_time_comes_from_the_disk_until_the_blob_changes()
    {
        await using var proxy = new FaultyProxy(azurite.Endpoint);
        using var storage = new BlobStorage(azurite, proxy.Endpoint);
        // On a busy machine, a hedge would double the requests counted here.
        storage.Options = storage.Options with
        {
            Resilience = BlobStorage.Quick with { ReadTimeout = TimeSpan.FromMinutes(5), HedgeAfter = TimeSpan.FromMinutes(5) },
        };
        await storage.Container.UploadAsync("all/gqa/images/a.png", new byte[1000]);
        Task<EncodedImage> ReadAsync() =>
            storage.NewAccess().OpenImages(storage.Location("all")).ReadAsync(Gqa, ["images"], new("a.png"), TestContext.Current.CancellationToken).AsTask();

        Assert.Equal(new byte[1000], (await ReadAsync()).Bytes.ToArray());
        long sent = proxy.BytesSent;
        Assert.Equal(new byte[1000], (await ReadAsync()).Bytes.ToArray());
        Assert.Equal(sent, proxy.BytesSent);

        await storage.Container.UploadAsync("all/gqa/images/a.png", [4]);
        Assert.Equal([4], (await ReadAsync()).Bytes.ToArray());
    }

    [Fact]
    public async Task ReadAsync_damaged_copy_is_found_by_its_digest_and_fetched_again()
    {
        await _storage.Container.UploadAsync("all/gqa/images/a.png", [1, 2, 3]);
        await ReadAsync("a.png", "images");
        await File.WriteAllBytesAsync(Assert.Single(_storage.Cached()).FullName, [1, 2, 4], TestContext.Current.CancellationToken);

        Assert.Equal([1, 2, 3], (await ReadAsync("a.png", "images")).Bytes.ToArray());
        Assert.Equal([1, 2, 3], await File.ReadAllBytesAsync(Assert.Single(_storage.Cached()).FullName, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ReadAsync_same_image_of_two_benchmarks_is_kept_once()
    {
        await _storage.Container.UploadAsync("all/gqa/images/a.png", [1, 2, 3]);
        await _storage.Container.UploadAsync("all/gqa/images/b.png", [1, 2, 3]);

        await ReadAsync("a.png", "images");
        await ReadAsync("b.png", "images");

        Assert.Single(_storage.Cached());
    }

    [Fact]
    public async Task ReadAsync_names_of_files_on_the_disk_are_digests_only()
    {
        await _storage.Container.UploadAsync("all/gqa/images/telling-name.png", [1, 2, 3]);
        await ReadAsync("telling-name.png", "images");

        Assert.DoesNotContain(
            Directory.EnumerateFileSystemEntries(_storage.CacheFolder, "*", SearchOption.AllDirectories),
            path => path.Contains("telling", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ReadAsync_under_faults_every_image_is_whole()
    {
        await using var proxy = new FaultyProxy(azurite.Endpoint);
        using var storage = new BlobStorage(azurite, proxy.Endpoint);
        byte[][] images = [.. Enumerable.Range(0, 20).Select(number => Enumerable.Range(0, 5000).Select(i => (byte)(i * (number + 1))).ToArray())];
        for (int number = 0; number < images.Length; number++)
            await storage.Container.UploadAsync($"all/gqa/images/{number}.png", images[number]);
        proxy.Schedule = new FaultSchedule(seed: 7, rate: 0.4)
        {
            Script = [Fault.CutInBody, Fault.CutAfter, Fault.ErrorAfter],
            Hold = TimeSpan.FromSeconds(1.2),
        };
        IImageSource source = storage.NewAccess().OpenImages(storage.Location("all"));

        EncodedImage[] read = await Task.WhenAll(
            images.Select((_, number) => source.ReadAsync(Gqa, ["images"], new($"{number}.png"), TestContext.Current.CancellationToken).AsTask()));

        Assert.Equal(images, read.Select(image => image.Bytes.ToArray()));
    }

    [Fact]
    public async Task ReadAsync_slow_read_is_hedged()
    {
        await using var proxy = new FaultyProxy(azurite.Endpoint);
        using var storage = new BlobStorage(azurite, proxy.Endpoint);
        storage.Options = storage.Options with
        {
            Resilience = BlobStorage.Quick with { MaxRetries = 1, ReadTimeout = TimeSpan.FromMinutes(5), HedgeAfter = TimeSpan.FromMilliseconds(50) },
        };
        await storage.Container.UploadAsync("all/gqa/images/a.png", [1]);
        proxy.Schedule = new FaultSchedule(seed: 0, rate: 0) { Script = [Fault.Late], Hold = TimeSpan.FromMinutes(5) };

        // The first attempt waits for minutes; the hedge answers.
        EncodedImage image = await storage.NewAccess().OpenImages(storage.Location("all")).ReadAsync(
            Gqa, ["images"], new("a.png"), TestContext.Current.CancellationToken);

        Assert.Equal([1], image.Bytes.ToArray());
        Assert.Equal(2, proxy.Requests);
    }

    [Fact]
    public async Task ReadAsync_storage_gone_is_not_taken_for_a_missing_image()
    {
        await using var proxy = new FaultyProxy(azurite.Endpoint) { IsDown = true };
        using var storage = new BlobStorage(azurite, proxy.Endpoint);
        storage.Options = storage.Options with { Resilience = BlobStorage.Quick with { MaxRetries = 3 } };

        // Not an I/O exception, which would become a failed sample.
        var exception = await Assert.ThrowsAsync<PrerequisiteException>(async () =>
            await storage.NewAccess().OpenImages(storage.Location("all")).ReadAsync(Gqa, ["images"], new("a.png"), TestContext.Current.CancellationToken));

        Assert.Contains("does not answer", exception.Message, StringComparison.Ordinal);
    }

    private ValueTask<EncodedImage> ReadAsync(string image, params string[] folders) =>
        _storage.NewAccess().OpenImages(_storage.Location("all")).ReadAsync(Gqa, [.. folders], new(image), TestContext.Current.CancellationToken);
}
