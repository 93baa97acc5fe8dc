using System.Collections.Immutable;

namespace TinyGptV.Evaluation.Benchmarks;

/// <summary>Where benchmarks are read from: a folder or an object-store container.</summary>
public interface IBenchmarkSource
{
    /// <summary>The names of all readable benchmarks, in ordinal order.</summary>
    /// <param name="cancellationToken">Cancels the listing.</param>
    /// <returns>The names.</returns>
    ValueTask<ImmutableArray<BenchmarkName>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Reads the definition and all samples of one benchmark.</summary>
    /// <param name="name">The benchmark.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The benchmark with its samples in file order.</returns>
    /// <exception cref="PrerequisiteException">The benchmark is unknown, or one of its files is missing or malformed.</exception>
    ValueTask<Benchmark> ReadAsync(BenchmarkName name, CancellationToken cancellationToken);

    /// <summary>Checks that the images of a benchmark's samples exist, without opening them.</summary>
    /// <param name="benchmark">The benchmark with the samples whose images are needed.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <returns>The images not found in any folder under any name, or with paths outside the folders; each once, in sample order.</returns>
    ValueTask<ImmutableArray<ImageReference>> FindMissingImagesAsync(Benchmark benchmark, CancellationToken cancellationToken);

    /// <summary>Finds archives that seem to hold files of a benchmark and were not unpacked.</summary>
    /// <param name="definition">The benchmark.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <returns>Their paths below the folder of all benchmarks, in ordinal order; none (the default) where archives cannot be unpacked in place.</returns>
    ValueTask<ImmutableArray<string>> FindPackedAsync(BenchmarkDefinition definition, CancellationToken cancellationToken) => new([]);
}

/// <summary>Where the images of benchmarks are read from.</summary>
public interface IImageSource
{
    /// <summary>Where the images are, for messages to the operator; empty if that is not known.</summary>
    string Location => "";

    /// <summary>Reads one image file.</summary>
    /// <param name="folders">The folders to search, below the benchmark's folder.</param>
    /// <param name="benchmark">The benchmark.</param>
    /// <param name="image">The image, as the annotations name it.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The undecoded bytes of the file.</returns>
    /// <exception cref="IOException">The image does not exist, cannot be read, or has a path outside the folders.</exception>
    ValueTask<EncodedImage> ReadAsync(BenchmarkName benchmark, ImmutableArray<string> folders, ImageReference image, CancellationToken cancellationToken);

    /// <summary>Reads one image file under the first of its names that exists.</summary>
    /// <param name="definition">The benchmark.</param>
    /// <param name="image">The image, as the annotations name it.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The undecoded bytes of the file. An error that the source throws synchronously fails this task, not the call.</returns>
    /// <exception cref="IOException">The image does not exist, cannot be read, or has a path outside the folders.</exception>
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
                // Try the next name.
            }
        }

        return await ReadAsync(definition.Name, definition.ImageFolders, names[^1], cancellationToken);
    }
}

/// <summary>A benchmark as read: its definition, its samples and the digests of its files.</summary>
public sealed record Benchmark
{
    /// <summary>The definition.</summary>
    public required BenchmarkDefinition Definition { get; init; }

    /// <summary>All samples in file order, with unique ids.</summary>
    public required ImmutableArray<Sample> Samples { get; init; }

    /// <summary>SHA-256 of every annotation file that was read, in lower-case hexadecimal, by its path below the folder.</summary>
    public required ImmutableSortedDictionary<string, string> Digests { get; init; }
}
