using System.Collections.Immutable;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Inference;
using TinyGptV.Evaluation.Sharding;

namespace TinyGptV.Cluster.Runs;

/// <summary>Reads some images of each benchmark, so that replicas can show that they read the same.</summary>
/// <param name="images">Where the coordinator reads images.</param>
internal sealed class ProbeReading(IImageSource images)
{
    /// <returns>The images that could be read, benchmark by benchmark.</returns>
    /// <exception cref="PrerequisiteException">None of a benchmark's images can be read.</exception>
    public async Task<ImmutableArray<RunProbe>> ReadAsync(ImmutableArray<NeededImages> needed, CancellationToken cancellationToken)
    {
        var probes = ImmutableArray.CreateBuilder<RunProbe>();
        foreach (NeededImages one in needed)
        {
            var read = await Task.WhenAll(one.Candidates.Select(image => TryReadAsync(one.Definition, image, cancellationToken)));
            // A single file may be damaged; that shows when its samples are asked.
            if (read.Length > 0 && read.All(image => image.Probe is null))
                throw new PrerequisiteException(
                    $"The coordinator cannot read the images of benchmark '{one.Definition.Name}', for example '{one.Candidates[0]}': {read[0].Fault}. "
                    + "Restore the storage, then give the same command again.");
            probes.AddRange(read.Select(image => image.Probe).OfType<RunProbe>());
        }

        return probes.DrainToImmutable();
    }

    private async Task<(RunProbe? Probe, string? Fault)> TryReadAsync(
        BenchmarkDefinition definition, ImageReference image, CancellationToken cancellationToken)
    {
        try
        {
            return (new RunProbe(definition.Name, image, (await images.ReadAsync(definition, image, cancellationToken)).Digest), null);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, ReadingFault.Describe(exception));
        }
    }
}
