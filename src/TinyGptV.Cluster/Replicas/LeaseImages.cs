using System.Collections.Immutable;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Inference;

namespace TinyGptV.Cluster.Replicas;

/// <summary>
/// The images of one lease. Those that are known to be unreadable fail their samples; any other failure to read may be the fault of this silo's
/// storage, and fails the lease.
/// </summary>
/// <param name="replica">The replica's name, for messages.</param>
/// <param name="images">Where the images are.</param>
/// <param name="assignment">The lease.</param>
/// <param name="time">Limits the time of a read.</param>
internal sealed class LeaseImages(string replica, IImageSource images, LeaseAssignment assignment, TimeProvider time) : IImageSource
{
    /// <summary>A storage that needs longer for an image does not answer. Object storage is retried for half a minute.</summary>
    public static readonly TimeSpan LongestRead = TimeSpan.FromMinutes(1);

    private readonly Dictionary<(BenchmarkName, ImageReference), bool?> _unreadable = assignment.Unreadable.IsDefaultOrEmpty
        ? []
        : assignment.Unreadable.ToDictionary(image => (assignment.Definitions[image.Definition].Name, image.Image), image => image.IsAbsent);

    public ValueTask<EncodedImage> ReadAsync(
        BenchmarkName benchmark, ImmutableArray<string> folders, ImageReference image, CancellationToken cancellationToken) =>
        images.ReadAsync(benchmark, folders, image, cancellationToken);

    async Task<EncodedImage> IImageSource.ReadAsync(BenchmarkDefinition definition, ImageReference image, CancellationToken cancellationToken)
    {
        bool isExpected = _unreadable.TryGetValue((definition.Name, image), out bool? isAbsent);
        if (isAbsent is { } known)
            throw known ? new FileNotFoundException() : new IOException();
        try
        {
            return await images.ReadAsync(definition, image, cancellationToken).WaitAsync(LongestRead, time, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && !(isExpected && exception is IOException))
        {
            throw new StorageFaultException(Explain(replica, images, definition.Name, image, ReadingFault.Describe(exception)), definition.Name, image);
        }
    }

    /// <summary>Says what a replica could not read, and what to do.</summary>
    public static string Explain(string replica, IImageSource images, BenchmarkName benchmark, ImageReference image, string fault)
    {
        string place = images.Location is { Length: > 0 } location ? $" in '{location}'" : "";
        return $"Replica '{replica}' cannot read the image '{image}' of benchmark '{benchmark}'{place}, which the coordinator found: {fault}. "
            + "Check the storage and --data of its silo.";
    }
}
