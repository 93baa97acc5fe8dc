using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Storage.Folders;

/// <summary>Looks for the images of a benchmark without opening them. Not safe for concurrent use.</summary>
/// <param name="root">The folder of all benchmarks.</param>
/// <param name="definition">The benchmark.</param>
/// <param name="roots">Where links may lead.</param>
internal sealed class ImageSearch(string root, BenchmarkDefinition definition, NamedRoots roots)
{
    private readonly List<(string Folder, string Name)> _places =
    [
        .. from name in definition.NamesOf(new ImageReference(Placeholder))
           from folder in definition.ImageFolders
           from place in BenchmarkPlaces.Of(root, definition.Name, folder)
           where Directory.Exists(place)
           select (place, name.Path),
    ];

    // A name that no file can have.
    private const string Placeholder = "\0";

    /// <exception cref="PrerequisiteException">The image is there, but a link to it leads out of the named folders.</exception>
    public bool Finds(ImageReference image)
    {
        if (!ConfinedPath.IsPlain(image.Path))
            return false;
        int found = _places.FindIndex(place => File.Exists(PathOf(place, image)));
        if (found < 0)
            return false;
        if (roots.FindLinkOut(definition.Name.Value, PathOf(_places[found], image)) is { } link)
            throw new PrerequisiteException($"Benchmark '{definition.Name}': the image {link.Explain(image.Path)}");
        // Moves the place to the front: the next image is probably there too, and a benchmark can have 40,000 images.
        if (found > 0)
            (_places[0], _places[found]) = (_places[found], _places[0]);
        return true;
    }

    private static string PathOf((string Folder, string Name) place, ImageReference image) =>
        Path.Combine(place.Folder, place.Name.Replace(Placeholder, image.Path, StringComparison.Ordinal));
}
