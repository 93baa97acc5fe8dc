using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using TinyGptV.Storage.Resilience;

namespace TinyGptV.Storage.Blobs;

/// <summary>Downloads one version of a large blob, several ranges in parallel. Ranges from an earlier attempt are not downloaded again.</summary>
/// <param name="blobs">The folder of the blob.</param>
internal sealed class BlobDownload(BlobFolder blobs)
{
    /// <summary>The size of a range: large enough that the cost per request is negligible, small enough that losing one costs little.</summary>
    public const int RangeBytes = 8 << 20;

    /// <summary>How many ranges are downloaded in parallel; each needs a buffer.</summary>
    public const int Parallel = 8;

    /// <summary>Downloads a blob to a file, from the beginning.</summary>
    public async Task ToFileAsync(ListedBlob blob, string path, CancellationToken cancellationToken)
    {
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, FileOptions.Asynchronous);
        await FillAsync(blob, file, Enumerable.Range(0, RangesOf(blob)), _ => { }, cancellationToken);
    }

    /// <summary>Downloads a blob to a file, continuing an earlier attempt if there was one.</summary>
    /// <param name="blob">The blob; the names of both files must depend on its version.</param>
    /// <param name="path">The file.</param>
    /// <param name="journal">The journal: one line per downloaded range, with its digest.</param>
    /// <param name="cancellationToken">Stops early; both files stay for the next attempt.</param>
    public async Task ContinueAsync(ListedBlob blob, string path, string journal, CancellationToken cancellationToken)
    {
        using SafeFileHandle file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, FileOptions.Asynchronous);
        HashSet<int> present = await ReadJournalAsync(blob, file, journal, cancellationToken);
        await using StreamWriter lines = File.AppendText(journal);
        await FillAsync(
            blob, file, Enumerable.Range(0, RangesOf(blob)).Where(range => !present.Contains(range)),
            done =>
            {
                lock (lines)
                {
                    lines.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{done.Range} {done.Digest}"));
                    lines.Flush();
                }
            },
            cancellationToken);
    }

    private async Task FillAsync(
        ListedBlob blob, SafeFileHandle file, IEnumerable<int> ranges, Action<(int Range, string Digest)> done, CancellationToken cancellationToken)
    {
        var buffers = new ConcurrentBag<byte[]>();
        await System.Threading.Tasks.Parallel.ForEachAsync(
            ranges, new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken },
            async (range, token) =>
            {
                byte[] buffer = buffers.TryTake(out byte[]? free) ? free : new byte[Math.Min(RangeBytes, blob.Bytes)];
                Memory<byte> part = buffer.AsMemory(0, LengthOf(blob, range));
                await blobs.ReadRangeAsync(blob, (long)range * RangeBytes, part, token);
                await RandomAccess.WriteAsync(file, part, (long)range * RangeBytes, token);
                done((range, Convert.ToHexStringLower(SHA256.HashData(part.Span))));
                buffers.Add(buffer);
            });
    }

    // A line counts only if the bytes match: after a crash, the line may be on disk and the bytes not.
    private static async Task<HashSet<int>> ReadJournalAsync(ListedBlob blob, SafeFileHandle file, string journal, CancellationToken cancellationToken)
    {
        var present = new HashSet<int>();
        if (!File.Exists(journal))
            return present;
        byte[] buffer = new byte[Math.Min(RangeBytes, blob.Bytes)];
        foreach (string line in await File.ReadAllLinesAsync(journal, cancellationToken))
        {
            if (line.Split(' ') is not [var number, var digest]
                || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int range) || range >= RangesOf(blob))
                continue;
            Memory<byte> part = buffer.AsMemory(0, LengthOf(blob, range));
            int read = await RandomAccess.ReadAsync(file, part, (long)range * RangeBytes, cancellationToken);
            if (read == part.Length && Convert.ToHexStringLower(SHA256.HashData(part.Span)) == digest)
                present.Add(range);
        }
        return present;
    }

    private static int RangesOf(ListedBlob blob) => (int)((blob.Bytes + RangeBytes - 1) / RangeBytes);

    private static int LengthOf(ListedBlob blob, int range) => (int)Math.Min(RangeBytes, blob.Bytes - (long)range * RangeBytes);
}
