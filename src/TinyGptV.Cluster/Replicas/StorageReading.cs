using System.Collections.Immutable;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Inference;

namespace TinyGptV.Cluster.Replicas;

/// <summary>Reads what a storage check asks for.</summary>
/// <param name="replica">The replica's name, for messages.</param>
/// <param name="images">Where the images are.</param>
/// <param name="time">Limits the time of a read.</param>
internal sealed class StorageReading(string replica, IImageSource images, TimeProvider time)
{
    public async Task<StorageFinding> CheckAsync(StorageCheck check, CancellationToken cancellationToken)
    {
        if (await FindProblemAsync(check, cancellationToken) is { } problem)
            return new StorageFinding(problem, []);
        var unreadable = ImmutableArray.CreateBuilder<UnreadableImage>();
        foreach (ProbedImage suspect in check.Suspects)
        {
            if (await TryReadAsync(check, suspect, cancellationToken) is { Failure: { } failure })
                unreadable.Add(new UnreadableImage(suspect.Definition, suspect.Image, ReadingFault.IsAbsence(failure)));
        }

        // If the storage vanished just now, the suspects prove nothing.
        return unreadable.Count > 0 && await FindProblemAsync(check, cancellationToken) is { } vanished
            ? new StorageFinding(vanished, [])
            : new StorageFinding(null, unreadable.DrainToImmutable());
    }

    private async Task<string?> FindProblemAsync(StorageCheck check, CancellationToken cancellationToken)
    {
        foreach (ProbedImage probe in check.Probes)
        {
            BenchmarkName benchmark = check.Definitions[probe.Definition].Name;
            var (image, failure) = await TryReadAsync(check, probe, cancellationToken);
            if (failure is not null)
                return LeaseImages.Explain(replica, images, benchmark, probe.Image, ReadingFault.Describe(failure));
            if (probe.Digest is { } digest && image!.Digest != digest)
                return LeaseImages.Explain(
                    replica, images, benchmark, probe.Image, $"it has other content, SHA-256 {image.Digest[..12]} instead of {digest[..12]}");
        }

        return null;
    }

    private async Task<(EncodedImage? Image, Exception? Failure)> TryReadAsync(StorageCheck check, ProbedImage probe, CancellationToken cancellationToken)
    {
        try
        {
            Task<EncodedImage> reading = images.ReadAsync(check.Definitions[probe.Definition], probe.Image, cancellationToken);
            return (await reading.WaitAsync(LeaseImages.LongestRead, time, cancellationToken), null);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, exception);
        }
    }
}
