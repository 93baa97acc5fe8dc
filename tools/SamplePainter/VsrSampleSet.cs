using System.Globalization;
using System.Text.Json.Nodes;

namespace TinyGptV.SamplePainter;

/// <summary>Pictures with statements about positions, one true and one false each, in VSR's official format.</summary>
internal static class VsrSampleSet
{
    public const int Pictures = 30;
    private const int PicturesInVal = 9;

    private static readonly IReadOnlyDictionary<Direction, string[]> Relations = new Dictionary<Direction, string[]>
    {
        [Direction.Left] = ["left of", "at the left side of"],
        [Direction.Right] = ["right of", "at the right side of"],
        [Direction.Above] = ["above", "over"],
        [Direction.Below] = ["below", "under"],
    };

    /// <summary>The scenes of a seed, in the order of their pictures.</summary>
    public static IReadOnlyList<Scene> Scenes(ulong seed)
    {
        RandomPicks random = new(seed);
        return [.. Enumerable.Range(0, Pictures).Select(_ => Scene.Compose(random))];
    }

    /// <summary>The direction of a relation.</summary>
    public static Direction DirectionOf(string relation) => Relations.Single(words => words.Value.Contains(relation)).Key;

    public static string ImageName(int picture) => string.Create(CultureInfo.InvariantCulture, $"{900001 + picture:000000000000}.jpg");

    public static IEnumerable<SampleFile> Make(ulong seed)
    {
        IReadOnlyList<Scene> scenes = Scenes(seed);
        RandomPicks random = new(seed + 1);
        List<JsonObject> lines = [];
        for (int picture = 0; picture < scenes.Count; picture++)
        {
            int picked = picture;
            lines.AddRange(random.Shuffle<bool>([true, false]).Select(label => State(scenes[picked], picked, label, random)));
        }

        return
        [
            SampleFile.JsonLines("sample.jsonl", lines),
            .. scenes.Select((scene, picture) => new SampleFile($"{FolderOf(picture)}/{ImageName(picture)}", JpegFile.Encode(scene.Picture))),
        ];
    }

    private static string FolderOf(int picture) => picture < Pictures - PicturesInVal ? "train2017" : "val2017";

    /// <summary>A false statement is a reversed true one, so that it is clearly false and not just doubtful.</summary>
    private static JsonObject State(Scene scene, int picture, bool label, RandomPicks random)
    {
        var (thing, direction, from) = random.Pick([..
            from a in scene.Things
            from d in Enum.GetValues<Direction>()
            from b in scene.Things
            where a != b && Scene.Holds(a, d, b)
            select (a, d, b)]);
        string relation = random.Pick(Relations[label ? direction : Scene.Opposite(direction)]);
        return new JsonObject
        {
            ["image"] = ImageName(picture),
            ["image_link"] = $"http://images.example/{FolderOf(picture)}/{ImageName(picture)}",
            ["caption"] = $"The {thing.Name} is {relation} the {from.Name}.",
            ["label"] = label ? 1 : 0,
            ["relation"] = relation,
            ["subj"] = thing.Name,
            ["obj"] = from.Name,
            ["annotator_id"] = 1,
            ["vote_true_validator_id"] = label ? "[2, 3]" : "[]",
            ["vote_false_validator_id"] = label ? "[]" : "[2, 3]",
        };
    }
}
