using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Model.Vision;

namespace TinyGptV.Cli.Verbs;

/// <summary>Reads a whole benchmark: its annotations, and every image of its samples, which it decodes.</summary>
/// <param name="source">The annotations.</param>
/// <param name="images">The images.</param>
internal sealed class BenchmarkInspection(IBenchmarkSource source, IImageSource images)
{
    private readonly ConcurrentDictionary<ImageReference, string> _digests = [];
    private readonly ConcurrentBag<ImageDefect> _defects = [];

    /// <param name="name">The benchmark.</param>
    /// <param name="progress">Called after each image with the numbers done and total, on several threads.</param>
    /// <param name="cancellationToken">Ends the inspection early.</param>
    /// <exception cref="Evaluation.PrerequisiteException">The annotations cannot be read.</exception>
    public async Task<BenchmarkVerdict> InspectAsync(BenchmarkName name, Action<int, int> progress, CancellationToken cancellationToken)
    {
        Benchmark benchmark = await source.ReadAsync(name, cancellationToken);
        ImmutableArray<ImageReference> missing = await source.FindMissingImagesAsync(benchmark, cancellationToken);
        ImageReference[] named = [.. benchmark.Samples.Select(sample => sample.Image).Distinct()];
        ImageReference[] present = [.. named.Except(missing)];
        ImmutableArray<string> packed = missing.IsEmpty ? [] : await source.FindPackedAsync(benchmark.Definition, cancellationToken);
        int done = 0;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(present, parallel, async (image, token) =>
        {
            await CheckAsync(benchmark.Definition, image, token);
            progress(Interlocked.Increment(ref done), present.Length);
        });
        return new BenchmarkVerdict
        {
            Benchmark = name,
            Split = benchmark.Definition.Split,
            Expected = benchmark.Definition.Expected,
            Samples = benchmark.Samples.Length,
            Images = named.Length,
            Missing = missing,
            Packed = packed.IsEmpty ? null : packed,
            Undecodable = [.. _defects.OrderBy(defect => defect.Image.Path, StringComparer.Ordinal)],
            Digests = benchmark.Digests,
            ImagesDigest = _digests.Count == named.Length ? DigestOfAll() : null,
        };
    }

    private async Task CheckAsync(BenchmarkDefinition definition, ImageReference image, CancellationToken cancellationToken)
    {
        try
        {
            EncodedImage encoded = await images.ReadAsync(definition, image, cancellationToken);
            _digests[image] = encoded.Digest;
            ImageTransform.Check(encoded.Bytes.Span);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException)
        {
            _defects.Add(new ImageDefect(image, exception.Message));
        }
    }

    private string DigestOfAll()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((ImageReference image, string digest) in _digests.OrderBy(pair => pair.Key.Path, StringComparer.Ordinal))
            hash.AppendData(Encoding.UTF8.GetBytes($"{image.Path}\t{digest}\n"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
