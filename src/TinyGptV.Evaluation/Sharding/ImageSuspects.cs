using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Evaluation.Sharding;

/// <summary>
/// Images that replicas could not read though the preflight found them. One failure proves nothing: the storage of that replica may be at fault.
/// So the replica is checked again: an image counts as unreadable on its silo if it fails once more while other images can be read. Its samples
/// are at fault when that is so on two silos, or on every silo that works for the run. Not thread-safe.
/// </summary>
public sealed class ImageSuspects
{
    private const int EnoughSilos = 2;

    private readonly Dictionary<(BenchmarkName Benchmark, ImageReference Image), Suspect> _suspects = [];

    /// <summary>Records that a silo could not read an image.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="shard">The shard with the samples of the image.</param>
    /// <param name="benchmark">The benchmark of the image.</param>
    /// <param name="image">The image.</param>
    public void Accuse(string silo, ShardIndex shard, BenchmarkName benchmark, ImageReference image)
    {
        if (!_suspects.TryGetValue((benchmark, image), out Suspect? suspect))
            _suspects.Add((benchmark, image), suspect = new Suspect(shard));
        suspect.Unproved.Add(silo);
    }

    /// <summary>The images that a silo has to read once more.</summary>
    /// <param name="silo">The silo.</param>
    /// <returns>The images that it could not read, in ordinal order.</returns>
    public ImmutableArray<(BenchmarkName Benchmark, ImageReference Image)> AccusedBy(string silo) =>
        [.. _suspects.Where(entry => entry.Value.Unproved.Contains(silo)).Select(entry => entry.Key)
            .OrderBy(key => key.Benchmark).ThenBy(key => key.Image.Path, StringComparer.Ordinal)];

    /// <summary>Records that a silo failed to read an image once more, while it could read others.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="benchmark">The benchmark of the image.</param>
    /// <param name="image">The image.</param>
    /// <param name="isAbsent">True if the image is not there, false if it cannot be read.</param>
    public void Prove(string silo, BenchmarkName benchmark, ImageReference image, bool isAbsent)
    {
        if (!_suspects.TryGetValue((benchmark, image), out Suspect? suspect))
            return;
        suspect.Unproved.Remove(silo);
        suspect.Proved.Add(silo);
        suspect.IsAbsent = isAbsent;
    }

    /// <summary>Records that a silo can read an image now.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="benchmark">The benchmark of the image.</param>
    /// <param name="image">The image.</param>
    public void Withdraw(string silo, BenchmarkName benchmark, ImageReference image)
    {
        if (!_suspects.TryGetValue((benchmark, image), out Suspect? suspect))
            return;
        suspect.Unproved.Remove(silo);
        suspect.Proved.Remove(silo);
        if (suspect.Unproved.Count + suspect.Proved.Count == 0)
            _suspects.Remove((benchmark, image));
    }

    /// <summary>The images of a shard whose samples are at fault.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="silos">The silos that work for the run now.</param>
    /// <returns>The images, and whether they are absent (otherwise unreadable).</returns>
    public ImmutableArray<(BenchmarkName Benchmark, ImageReference Image, bool IsAbsent)> AtFault(ShardIndex shard, IReadOnlySet<string> silos)
    {
        ArgumentNullException.ThrowIfNull(silos);
        return [.. _suspects.Where(entry => entry.Value.Shard == shard && IsAtFault(entry.Value, silos))
            .Select(entry => (entry.Key.Benchmark, entry.Key.Image, entry.Value.IsAbsent))];
    }

    private static bool IsAtFault(Suspect suspect, IReadOnlySet<string> silos) =>
        suspect.Proved.Count >= EnoughSilos || (suspect.Proved.Count > 0 && silos.IsSubsetOf(suspect.Proved));

    private sealed class Suspect(ShardIndex shard)
    {
        public ShardIndex Shard { get; } = shard;

        public HashSet<string> Unproved { get; } = new(StringComparer.Ordinal);

        public HashSet<string> Proved { get; } = new(StringComparer.Ordinal);

        public bool IsAbsent { get; set; }
    }
}
