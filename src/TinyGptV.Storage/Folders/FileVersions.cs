using System.Globalization;
using System.Text;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Storage.Folders;

/// <summary>
/// One file that several processes replace, each only over the version it has read. A folder holds the last versions as files with ascending
/// numbers; the next number is created only if absent, which is atomic between processes, and on a shared file system as far as its hard links are.
/// No lock is held, so a process that dies or sleeps blocks no other.
/// </summary>
/// <param name="folder">The folder of the versions; created with the first one.</param>
internal sealed class FileVersions(string folder)
{
    private const string Suffix = ".json";

    /// <summary>
    /// How many versions are kept. A writer that slept until its number was removed would create it again; it sees that a higher one is there.
    /// With several kept, a listing that misses one which is just being made still has others.
    /// </summary>
    private const int Kept = 8;

    /// <summary>A version can be removed between listing and reading only if newer ones were written in between.</summary>
    private const int MostAttempts = 100;

    /// <summary>Reads the newest version.</summary>
    /// <returns>Null if there is none.</returns>
    public VersionedFile? Read()
    {
        for (int attempt = 1; ; attempt++)
        {
            long newest = Newest();
            if (newest == 0)
                return null;
            try
            {
                return new VersionedFile(File.ReadAllText(PathOf(newest)), NameOf(newest));
            }
            catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException && attempt < MostAttempts)
            {
                // Replaced since; look again.
            }
        }
    }

    /// <summary>Writes the version after the one that was read.</summary>
    /// <param name="version">The version that was read; null if there was none.</param>
    /// <param name="content">The content.</param>
    /// <returns>The new version; null if another one is there.</returns>
    public string? TryWrite(string? version, ReadOnlySpan<byte> content)
    {
        long read = version is null ? 0 : long.Parse(version, NumberStyles.None, CultureInfo.InvariantCulture);
        if (Newest() != read)
            return null;
        long next = read + 1;
        // Over a network the answer to a creation may be lost, and its repetition finds our own file.
        if (!WriteOnceFile.TryCreate(PathOf(next), content) && !IsOurs(next, content))
            return null;
        if (Newest() != next)
        {
            File.Delete(PathOf(next));
            return null;
        }

        RemoveBefore(next - Kept);
        return NameOf(next);
    }

    private bool IsOurs(long number, ReadOnlySpan<byte> content) =>
        File.Exists(PathOf(number)) && File.ReadAllText(PathOf(number)) == Encoding.UTF8.GetString(content);

    private long Newest() => Numbers().DefaultIfEmpty(0).Max();

    private void RemoveBefore(long number)
    {
        foreach (long old in Numbers().Where(one => one < number).ToArray())
            File.Delete(PathOf(old));
    }

    private IEnumerable<long> Numbers() => !Directory.Exists(folder)
        ? []
        : Directory.EnumerateFiles(folder, "*" + Suffix)
            .Select(path => NumberOf(Path.GetFileNameWithoutExtension(path)));

    private static long NumberOf(string name) =>
        long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : 0;

    private string PathOf(long number) => Path.Combine(folder, NameOf(number) + Suffix);

    private static string NameOf(long number) => number.ToString("D10", CultureInfo.InvariantCulture);
}
