using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Benchmarks.Formats;
using TinyGptV.Evaluation.Definitions;
using TinyGptV.Storage.Caching;
using TinyGptV.Storage.Folders;
using TinyGptV.Storage.Locations;
using TinyGptV.Storage.Resilience;

namespace TinyGptV.Storage.Blobs;

/// <summary>
/// Reads benchmarks from a container with one folder each. Downloads definition and annotations to a local folder and reads them with
/// <see cref="BenchmarkFolder"/>, so that the two sources cannot differ.
/// </summary>
/// <param name="blobs">The container or prefix of all benchmarks.</param>
/// <param name="cache">Where the downloaded files are kept while they are read.</param>
/// <param name="shippedRoot">The folder of the shipped definitions, next to the program.</param>
internal sealed class BlobBenchmarks(BlobFolder blobs, DiskCache cache, string shippedRoot) : IBenchmarkSource
{
    public async ValueTask<ImmutableArray<BenchmarkName>> ListAsync(CancellationToken cancellationToken)
    {
        var names = ImmutableArray.CreateBuilder<BenchmarkName>();
        foreach (string name in await blobs.ListFoldersAsync("", cancellationToken))
            if (File.Exists(ShippedOf(name)) || await FindAsync(BlobName.Of(name, BenchmarkFolder.DefinitionFile), cancellationToken) is not null
                || await FindAsync(BlobName.Of(name, CsvBenchmark.FileName), cancellationToken) is not null)
                names.Add(new BenchmarkName(name));
        return names.DrainToImmutable();
    }

    public async ValueTask<Benchmark> ReadAsync(BenchmarkName name, CancellationToken cancellationToken)
    {
        string folder = cache.NewTemporaryPath();
        try
        {
            if (!ConfinedPath.IsPlain(name.Value) || !await DownloadAsync(name, folder, cancellationToken))
                throw BenchmarkFolder.Unknown(name, blobs.Location.ToString(), await ListAsync(cancellationToken), packed: []);
            return await new BenchmarkFolder(folder, shippedRoot, blobs.Location.ToString()).ReadAsync(name, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw cache.Unwritable(exception);
        }
        finally
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }

    public async ValueTask<ImmutableArray<ImageReference>> FindMissingImagesAsync(Benchmark benchmark, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(benchmark);
        BenchmarkDefinition definition = benchmark.Definition;
        string[] places = [.. definition.ImageFolders.SelectMany(folder => BlobName.Places(definition.Name.Value, folder)).Distinct()];
        var present = new HashSet<string>(StringComparer.Ordinal);
        foreach (string place in places)
            present.UnionWith((await blobs.ListAsync(place + "/", cancellationToken)).Select(blob => blob.Name));
        return [.. benchmark.Samples.Select(sample => sample.Image).Distinct().Where(image => !ConfinedPath.IsPlain(image.Path)
            || !definition.NamesOf(image).Any(name => places.Any(place => present.Contains(BlobName.Of(place, name.Path)))))];
    }

    /// <summary>Downloads definition and annotations to a folder, under the same names as in the container.</summary>
    /// <returns>False if there is no such benchmark.</returns>
    private async Task<bool> DownloadAsync(BenchmarkName name, string folder, CancellationToken cancellationToken)
    {
        string definition = ShippedOf(name.Value), shown = definition;
        if (await TryDownloadAsync(BlobName.Of(name.Value, BenchmarkFolder.DefinitionFile), folder, cancellationToken) is { } own)
            (definition, shown) = (own, blobs.LocationOf(BlobName.Of(name.Value, BenchmarkFolder.DefinitionFile)));
        else if (!File.Exists(definition))
            return await TryDownloadAsync(BlobName.Of(name.Value, CsvBenchmark.FileName), folder, cancellationToken) is not null;

        // The definition reader rejects paths that leave the folder.
        BenchmarkDefinition read = BenchmarkDefinitionReader.Read(await File.ReadAllBytesAsync(definition, cancellationToken), shown);
        bool hasFolder = (await blobs.ListFoldersAsync("", cancellationToken)).Contains(name.Value);
        if (hasFolder)
            Directory.CreateDirectory(Path.Combine(folder, name.Value));
        bool hasFiles = false;
        foreach (ImmutableArray<string> alternatives in read.Files.Values)
            hasFiles |= await DownloadFirstAsync(name, alternatives, folder, cancellationToken);
        return hasFolder || hasFiles;
    }

    private async Task<bool> DownloadFirstAsync(BenchmarkName name, ImmutableArray<string> alternatives, string folder, CancellationToken cancellationToken)
    {
        foreach (string place in alternatives.SelectMany(alternative => BlobName.Places(name.Value, alternative)))
            if (await TryDownloadAsync(place, folder, cancellationToken) is not null)
                return true;
        return false;
    }

    /// <returns>The path of the downloaded file, or null if there is no such blob.</returns>
    private async Task<string?> TryDownloadAsync(string name, string folder, CancellationToken cancellationToken)
    {
        if (await FindAsync(name, cancellationToken) is not { } blob)
            return null;
        string path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (!File.Exists(path))
            await new BlobDownload(blobs).ToFileAsync(blob, path, cancellationToken);
        return path;
    }

    private async Task<ListedBlob?> FindAsync(string name, CancellationToken cancellationToken) =>
        (await blobs.ListAsync(name, cancellationToken)).FirstOrDefault(listed => listed.Name == name);

    private string ShippedOf(string name) => ConfinedPath.IsPlain(name) ? Path.Combine(shippedRoot, name, BenchmarkFolder.DefinitionFile) : "";
}
