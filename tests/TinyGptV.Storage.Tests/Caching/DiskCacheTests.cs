using System.Security.Cryptography;
using Azure;
using TinyGptV.Storage.Caching;

namespace TinyGptV.Storage.Tests.Caching;

public sealed class DiskCacheTests : IDisposable
{
    private const int FileBytes = 100_000, Bound = 1_000_000;

    private readonly TemporaryFolder _folder = new();
    private readonly AdvancingTime _time = new();

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AddAsync_keeps_the_bound_and_removes_what_was_not_used_for_longest()
    {
        DiskCache cache = NewCache();
        for (byte number = 0; number < 8; number++)
            await AddAsync(cache, number);
        Assert.NotNull(await cache.TryReadAsync(DigestOf(0), Token)); // used again just now
        for (byte number = 8; number < 30; number++)
        {
            Assert.NotNull(await cache.TryReadAsync(DigestOf(0), Token));
            await AddAsync(cache, number);
            Assert.InRange(BytesOf("contents"), 0, Bound);
        }

        Assert.NotNull(await cache.TryReadAsync(DigestOf(0), Token));
        Assert.NotNull(await cache.TryReadAsync(DigestOf(29), Token));
        Assert.Null(await cache.TryReadAsync(DigestOf(1), Token));
    }

    [Fact]
    public async Task AddAsync_what_another_user_has_open_stays()
    {
        await AddAsync(NewCache(), 0);
        await using FileStream? inUse = NewCache().TryOpen(DigestOf(0));

        DiskCache cache = NewCache();
        for (byte number = 1; number < 30; number++)
            await AddAsync(cache, number);

        Assert.True(File.Exists(cache.PathOf(DigestOf(0))));
    }

    [Fact]
    public async Task TryReadAsync_cut_file_is_damaged_and_removed()
    {
        DiskCache cache = NewCache();
        await AddAsync(cache, 0);
        await File.WriteAllBytesAsync(cache.PathOf(DigestOf(0)), [1, 2], Token);

        Assert.Null(await cache.TryReadAsync(DigestOf(0), Token));
        Assert.False(File.Exists(cache.PathOf(DigestOf(0))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"1\"\n../../secret\n")]
    public async Task Find_damaged_note_is_none(string note)
    {
        DiskCache cache = NewCache();
        await AddAsync(cache, 0);
        string path = Assert.Single(Directory.GetFiles(_folder["cache", "notes"], "*", SearchOption.AllDirectories));
        await File.WriteAllTextAsync(path, note, Token);

        Assert.Null(cache.Find("blob 0"));
    }

    private DiskCache NewCache() => new(_folder["cache"], Bound, _time);

    private static byte[] ContentOf(byte number) => [.. Enumerable.Repeat(number, FileBytes)];

    private static string DigestOf(byte number) => Convert.ToHexStringLower(SHA256.HashData(ContentOf(number)));

    private static Task AddAsync(DiskCache cache, byte number) => cache.AddAsync($"blob {number}", new ETag($"\"{number}\""), ContentOf(number), Token);

    private long BytesOf(string folder) => new DirectoryInfo(_folder["cache", folder]).GetFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

    /// <summary>A clock that advances by a second with each reading, so that no two uses are at the same time.</summary>
    private sealed class AdvancingTime : TimeProvider
    {
        private long _ticks = new DateTime(2100, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;

        public override DateTimeOffset GetUtcNow() => new(Interlocked.Add(ref _ticks, TimeSpan.TicksPerSecond), TimeSpan.Zero);
    }
}
