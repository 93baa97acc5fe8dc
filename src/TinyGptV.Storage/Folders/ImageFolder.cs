using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Storage.Folders;

/// <summary>Reads the images of benchmarks from a folder with one sub-folder per benchmark.</summary>
/// <param name="root">The folder of all benchmarks.</param>
public sealed class ImageFolder(string root) : IImageSource
{
    public async ValueTask<EncodedImage> ReadAsync(
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

        var (confines, path) = folders
            .SelectMany(folder => BenchmarkPlaces.Of(root, benchmark, folder), (_, place) => (place.Confines, Path: Path.Combine(place.Path, image.Path)))
            .FirstOrDefault(place => File.Exists(place.Path));
        if (path is null)
            throw new FileNotFoundException(
                $"The image '{image}' of benchmark '{benchmark}' is in none of its folders: {string.Join(", ", folders)}. Complete the benchmark's images.");
        return ConfinedPath.StaysBelow(confines, path) ? path : throw Refused(benchmark, image);
    }

    private static IOException Refused(BenchmarkName benchmark, ImageReference image) => new(
        $"The image name '{image}' leads out of the folder of benchmark '{benchmark}', directly or through a symbolic link. "
        + "Correct the annotations, or keep the images inside the benchmark's folder.");
}
