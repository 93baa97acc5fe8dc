using System.Collections.Frozen;
using System.Collections.Immutable;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Sharding;

namespace TinyGptV.Cluster.Dispatch;

/// <summary>What is known of a run's images: what replicas must be able to read, and what cannot be read. Touched only in turns of the run's grain.</summary>
/// <param name="needed">The images of each benchmark, as the preflight found them.</param>
/// <param name="probes">The images that a replica must be able to read.</param>
internal sealed class RunStorage(ImmutableArray<NeededImages> needed, ImmutableArray<RunProbe> probes)
{
    private readonly FrozenDictionary<BenchmarkName, FrozenSet<ImageReference>> _missing =
        needed.Where(one => one.Missing.Count > 0).ToFrozenDictionary(one => one.Definition.Name, one => one.Missing);

    private readonly ImageSuspects _suspects = new();
    private readonly Dictionary<string, string> _silos = new(StringComparer.Ordinal); // of the replicas that work for the run

    public StorageChecks Checks { get; } = new();

    public void Join(string replica, string silo) => _silos[replica] = silo;

    public void Leave(string replica) => _silos.Remove(replica);

    /// <summary>What a replica has to read before it works for the run.</summary>
    public StorageCheck CheckFor(string silo, RunManifest manifest)
    {
        ImmutableArray<BenchmarkDefinition> definitions = [.. manifest.Benchmarks.Select(benchmark => benchmark.Definition)];
        FrozenDictionary<BenchmarkName, int> indexes = Enumerable.Range(0, definitions.Length).ToFrozenDictionary(index => definitions[index].Name);
        return new StorageCheck(
            manifest.Run,
            definitions,
            [.. probes.Select(probe => new ProbedImage(indexes[probe.Benchmark], probe.Image, probe.Digest))],
            [.. _suspects.AccusedBy(silo).Select(suspect => new ProbedImage(indexes[suspect.Benchmark], suspect.Image, null))]);
    }

    /// <summary>A replica read every probe; what it could not read besides is known better now.</summary>
    public void Passed(string replica, string silo, StorageCheck check, StorageFinding finding)
    {
        Checks.Passed(replica);
        foreach (ProbedImage suspect in check.Suspects)
        {
            BenchmarkName benchmark = check.Definitions[suspect.Definition].Name;
            if (finding.Unreadable.FirstOrDefault(image => (image.Definition, image.Image) == (suspect.Definition, suspect.Image)) is { } unreadable)
                _suspects.Prove(silo, benchmark, suspect.Image, unreadable.IsAbsent is true);
            else
                _suspects.Withdraw(silo, benchmark, suspect.Image);
        }
    }

    /// <summary>A silo could not read an image.</summary>
    /// <returns>Whether a part has samples of that image.</returns>
    public bool Accuse(string silo, PackedShard shard, ShardPart part, BenchmarkName benchmark, ImageReference image)
    {
        if (shard.Benchmark != benchmark || !shard.SamplesOf(part).Any(sample => sample.Image == image))
            return false;
        _suspects.Accuse(silo, shard.Index, benchmark, image);
        return true;
    }

    /// <summary>The images of some parts that cannot be read, so that their samples fail.</summary>
    public IEnumerable<(BenchmarkName Benchmark, ImageReference Image, bool? IsAbsent)> UnreadableIn(IEnumerable<(PackedShard Shard, ShardPart Part)> parts)
    {
        HashSet<string> silos = [.. _silos.Values];
        return parts.SelectMany(one => AtFaultIn(one.Shard, silos).Concat(MissingIn(one.Shard, one.Part))).DistinctBy(image => (image.Benchmark, image.Image));
    }

    private IEnumerable<(BenchmarkName Benchmark, ImageReference Image, bool? IsAbsent)> AtFaultIn(PackedShard shard, HashSet<string> silos) =>
        _suspects.AtFault(shard.Index, silos).Select(image => (image.Benchmark, image.Image, (bool?)image.IsAbsent));

    private IEnumerable<(BenchmarkName Benchmark, ImageReference Image, bool? IsAbsent)> MissingIn(PackedShard shard, ShardPart part) =>
        _missing.TryGetValue(shard.Benchmark, out FrozenSet<ImageReference>? missing)
            ? shard.SamplesOf(part).Select(sample => sample.Image).Where(missing.Contains).Select(image => (shard.Benchmark, image, (bool?)null))
            : [];
}
