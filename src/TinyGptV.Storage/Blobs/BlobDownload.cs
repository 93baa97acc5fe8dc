using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using TinyGptV.Storage.Resilience;

namespace TinyGptV.Storage.Blobs;

/// <summary>Brings one version of a large blob to the disk, several ranges at once. What an earlier attempt brought is not read again.</summary>
/// <param name="blobs">The folder of the blob.</param>
internal sealed class BlobDownload(BlobFolder blobs)
{
    /// <summary>The bytes of a range: large enough that requests cost nothing, small enough that a lost one does neither.</summary>
    public const int RangeBytes = 8 << 20;

    /// <summary>How many ranges are on their way at once; as many buffers are in memory.</summary>
    public const int Parallel = 8;

    /// <summary>Brings a blob to a file, from the beginning.</summary>
    public async Task ToFileAsync(ListedBlob blob, string path, CancellationToken cancellationToken)
    {
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, FileOptions.Asynchronous);
        await FillAsync(blob, file, Enumerable.Range(0, RangesOf(blob)), _ => { }, cancellationToken);
    }

    /// <summary>Brings a blob to a file that an earlier attempt may have begun.</summary>
    /// <param name="blob">The blob; both files must be named by its version.</param>
    /// <param name="path">The file.</param>
    /// <param name="journal">Beside it: a line for each range that is there, with its digest.</param>
    /// <param name="cancellationToken">Gives up; both files stay for the next attempt.</param>
    public async Task ContinueAsync(ListedBlob blob, string path, string journal, CancellationToken cancellationToken)
    {
        using SafeFileHandle file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, FileOptions.Asynchronous);
        HashSet<int> there = await ReadJournalAsync(blob, file, journal, cancellationToken);
        await using StreamWriter lines = File.AppendText(journal);
        await FillAsync(
            blob, file, Enumerable.Range(0, RangesOf(blob)).Where(range => !there.Contains(range)),
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

    private async Task FillAsync(ListedBlob blob, SafeFileHandle file, IEnumerable<int> ranges, Action<(int Range, string Digest)> done, CancellationToken cancellationToken)
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

    // A line is only believed if the bytes are there: a machine that died may have kept the line and lost them.
    private static async Task<HashSet<int>> ReadJournalAsync(ListedBlob blob, SafeFileHandle file, string journal, CancellationToken cancellationToken)
    {
        var there = new HashSet<int>();
        if (!File.Exists(journal))
            return there;
        byte[] buffer = new byte[Math.Min(RangeBytes, blob.Bytes)];
        foreach (string line in await File.ReadAllLinesAsync(journal, cancellationToken))
        {
            if (line.Split(' ') is not [var number, var digest] || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int range) || range >= RangesOf(blob))
                continue;
            Memory<byte> part = buffer.AsMemory(0, LengthOf(blob, range));
            int read = await RandomAccess.ReadAsync(file, part, (long)range * RangeBytes, cancellationToken);
            if (read == part.Length && Convert.ToHexStringLower(SHA256.HashData(part.Span)) == digest)
                there.Add(range);
        }
        return there;
    }

    private static int RangesOf(ListedBlob blob) => (int)((blob.Bytes + RangeBytes - 1) / RangeBytes);

    private static int LengthOf(ListedBlob blob, int range) => (int)Math.Min(RangeBytes, blob.Bytes - (long)range * RangeBytes);
}
