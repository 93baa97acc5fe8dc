using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Storage.Folders;

/// <summary>Looks for the images of a benchmark without opening them. Not safe for concurrent use.</summary>
/// <param name="root">The folder of all benchmarks.</param>
/// <param name="definition">The benchmark.</param>
internal sealed class ImageSearch(string root, BenchmarkDefinition definition)
{
    private readonly List<(string Folder, string Name)> _places =
    [
        .. from name in definition.NamesOf(new ImageReference(Placeholder))
           from folder in definition.ImageFolders
           from place in BenchmarkPlaces.Of(root, definition.Name, folder)
           where Directory.Exists(place.Path)
           select (place.Path, name.Path),
    ];

    // A name that no file can have.
    private const string Placeholder = "\0";

    public bool Finds(ImageReference image)
    {
        if (!ConfinedPath.IsPlain(image.Path))
            return false;
        int found = _places.FindIndex(place => File.Exists(Path.Combine(place.Folder, place.Name.Replace(Placeholder, image.Path, StringComparison.Ordinal))));
        if (found < 0)
            return false;
        // Moves the place to the front: the next image is probably there too, and a benchmark can have 40,000 images.
        if (found > 0)
            (_places[0], _places[found]) = (_places[found], _places[0]);
        return true;
    }
}
