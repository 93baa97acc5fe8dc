using System.Collections.Immutable;

namespace TinyGptV.Evaluation.Benchmarks;

/// <summary>Where benchmarks are read from: a folder, or a container of object storage.</summary>
public interface IBenchmarkSource
{
    /// <summary>The names of all benchmarks that can be read, in ordinal order.</summary>
    /// <param name="cancellationToken">Ends the listing early.</param>
    /// <returns>The names; empty if there is none.</returns>
    ValueTask<ImmutableArray<BenchmarkName>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Reads the definition and all samples of one benchmark.</summary>
    /// <param name="name">The benchmark.</param>
    /// <param name="cancellationToken">Ends the reading early.</param>
    /// <returns>The benchmark with its samples in file order.</returns>
    /// <exception cref="PrerequisiteException">The benchmark is unknown, or a file of it is missing or malformed.</exception>
    ValueTask<Benchmark> ReadAsync(BenchmarkName name, CancellationToken cancellationToken);

    /// <summary>Looks for the images of a benchmark's samples, without opening them.</summary>
    /// <param name="benchmark">The benchmark with the samples whose images are needed.</param>
    /// <param name="cancellationToken">Ends the search early.</param>
    /// <returns>The images that are under none of their names in none of their folders, or whose names lead out of these; each once, in the order of the samples.</returns>
    ValueTask<ImmutableArray<ImageReference>> FindMissingImagesAsync(Benchmark benchmark, CancellationToken cancellationToken);
}

/// <summary>Where the images of benchmarks are read from.</summary>
public interface IImageSource
{
    /// <summary>Reads one image file.</summary>
    /// <param name="folders">The folders to look in, below the benchmark's folder.</param>
    /// <param name="benchmark">The benchmark.</param>
    /// <param name="image">The image, as the annotations name it.</param>
    /// <param name="cancellationToken">Ends the reading early.</param>
    /// <returns>The undecoded bytes of the file.</returns>
    /// <exception cref="IOException">There is no such image, it cannot be read, or its name leads out of the folders.</exception>
    ValueTask<EncodedImage> ReadAsync(BenchmarkName benchmark, ImmutableArray<string> folders, ImageReference image, CancellationToken cancellationToken);

    /// <summary>Reads one image file of a benchmark under the first of its names that there is.</summary>
    /// <param name="definition">The benchmark.</param>
    /// <param name="image">The image, as the annotations name it.</param>
    /// <param name="cancellationToken">Ends the reading early.</param>
    /// <returns>The undecoded bytes of the file. A source that refuses a name before it awaits anything fails this task, not its caller.</returns>
    /// <exception cref="IOException">There is no such image, it cannot be read, or its name leads out of the folders.</exception>
    async Task<EncodedImage> ReadAsync(BenchmarkDefinition definition, ImageReference image, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ImmutableArray<ImageReference> names = definition.NamesOf(image);
        foreach (ImageReference name in names[..^1])
        {
            try
            {
                return await ReadAsync(definition.Name, definition.ImageFolders, name, cancellationToken);
            }
            catch (FileNotFoundException)
            {
                // The image may lie there under its next name.
            }
        }

        return await ReadAsync(definition.Name, definition.ImageFolders, names[^1], cancellationToken);
    }
}

/// <summary>A benchmark as read: its definition, its samples and what identifies the files they came from.</summary>
public sealed record Benchmark
{
    /// <summary>The definition.</summary>
    public required BenchmarkDefinition Definition { get; init; }

    /// <summary>All samples in file order, each id once.</summary>
    public required ImmutableArray<Sample> Samples { get; init; }

    /// <summary>SHA-256 of every annotation file that was read, in lower-case hexadecimal, by its path below the folder.</summary>
    public required ImmutableSortedDictionary<string, string> Digests { get; init; }
}
