using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Storage.Folders;

/// <summary>Reads the images of benchmarks from a folder with one sub-folder per benchmark.</summary>
/// <param name="root">The folder of all benchmarks.</param>
/// <param name="imageRoots">Other folders that symbolic links may lead into. Default: none.</param>
public sealed class ImageFolder(string root, ImmutableArray<string> imageRoots = default) : IImageSource
{
    private readonly NamedRoots _roots = new(root, imageRoots.IsDefault ? [] : imageRoots);

    public string Location { get; } = Path.GetFullPath(root);

    // On the pool: a network file system that does not answer blocks the thread that looks for a file, and the caller must be free to give up.
    public async ValueTask<EncodedImage> ReadAsync(
        BenchmarkName benchmark, ImmutableArray<string> folders, ImageReference image, CancellationToken cancellationToken) =>
        await Task.Run(() => ReadFileAsync(benchmark, folders, image, cancellationToken), cancellationToken);

    private async Task<EncodedImage> ReadFileAsync(
        BenchmarkName benchmark, ImmutableArray<string> folders, ImageReference image, CancellationToken cancellationToken)
    {
        string path = Find(benchmark, folders, image);
        try
        {
            return new EncodedImage(await File.ReadAllBytesAsync(path, cancellationToken));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Omits the cause's message: it contains the absolute path, which must not get into predictions.
            throw new IOException(
                $"The image '{image}' of benchmark '{benchmark}' cannot be read ({exception.GetType().Name}). Check the file and its permissions.", exception);
        }
    }

    private string Find(BenchmarkName benchmark, ImmutableArray<string> folders, ImageReference image)
    {
        if (!ConfinedPath.IsPlain(benchmark.Value) || !ConfinedPath.IsPlain(image.Path) || !folders.All(folder => folder is "" || ConfinedPath.IsPlain(folder)))
            throw Refused(benchmark, image);

        string? path = folders.SelectMany(folder => BenchmarkPlaces.Of(root, benchmark, folder)).Select(place => Path.Combine(place, image.Path))
            .FirstOrDefault(File.Exists);
        if (path is null)
            throw new FileNotFoundException(
                $"The image '{image}' of benchmark '{benchmark}' is in none of its folders: {string.Join(", ", folders)}. Complete the benchmark's images.");
        return _roots.FindLinkOut(benchmark.Value, path) is { } link ? throw new IOException(link.Explain(image.Path)) : path;
    }

    private static IOException Refused(BenchmarkName benchmark, ImageReference image) => new(
        $"The image name '{image}' leads out of the folder of benchmark '{benchmark}'. "
        + "Correct the annotations, or keep the images inside the benchmark's folder.");
}
