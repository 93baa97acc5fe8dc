using System.Globalization;
using System.Text.Json.Nodes;

namespace TinyGptV.SamplePainter;

/// <summary>Pictures with questions in GQA's official format.</summary>
internal static class GqaSampleSet
{
    public const int Pictures = 24;
    private const int QuestionsPerPicture = 5;

    /// <summary>The scenes of a seed, in the order of their pictures.</summary>
    public static IReadOnlyList<Scene> Scenes(ulong seed)
    {
        RandomPicks random = new(seed);
        return [.. Enumerable.Range(0, Pictures).Select(_ => Scene.Compose(random))];
    }

    public static string ImageName(int picture) => string.Create(CultureInfo.InvariantCulture, $"n{900001 + picture}");

    public static IEnumerable<SampleFile> Make(ulong seed)
    {
        IReadOnlyList<Scene> scenes = Scenes(seed);
        // A second random stream, so that new kinds of questions do not change the pictures.
        RandomPicks random = new(seed + 1);
        JsonObject questions = [];
        int turn = 0;
        for (int picture = 0; picture < scenes.Count; picture++)
        {
            for (int number = 0; number < QuestionsPerPicture; number++)
            {
                string id = string.Create(CultureInfo.InvariantCulture, $"09{picture + 1:0000}{number + 1:00}");
                questions[id] = ToJson(id, ImageName(picture), NextQuestion(scenes[picture], random, ref turn));
            }
        }

        return
        [
            SampleFile.Json("sample_questions.json", questions),
            .. scenes.Select((scene, picture) => new SampleFile($"images/{ImageName(picture)}.jpg", JpegFile.Encode(scene.Picture))),
        ];
    }

    /// <summary>The next kind of question in turn; skips kinds for which the scene has no unambiguous case.</summary>
    private static GqaQuestion NextQuestion(Scene scene, RandomPicks random, ref int turn)
    {
        while (true)
        {
            if (GqaQuestions.Kinds[turn++ % GqaQuestions.Kinds.Count](scene, random) is { } question)
                return question;
        }
    }

    private static JsonObject ToJson(string id, string image, GqaQuestion question) => new()
    {
        ["semantic"] = new JsonArray([.. question.Program.Select((step, i) => (JsonNode)new JsonObject
        {
            ["operation"] = step.Operation,
            ["dependencies"] = new JsonArray([.. step.Dependencies.Select(dependency => (JsonNode)dependency)]),
            ["argument"] = step.Argument,
        })]),
        ["entailed"] = new JsonArray(id),
        ["equivalent"] = new JsonArray(id),
        ["question"] = question.Question,
        ["imageId"] = image,
        ["isBalanced"] = true,
        ["groups"] = new JsonObject { ["global"] = question.Group, ["local"] = question.LocalGroup },
        ["answer"] = question.Answer,
        ["semanticStr"] = string.Join("->", question.Program.Select(step =>
            $"{step.Operation}: {step.Argument}" + (step.Dependencies.Length == 0 ? "" : $" [{string.Join(",", step.Dependencies)}]"))),
        ["annotations"] = new JsonObject { ["answer"] = new JsonObject(), ["question"] = new JsonObject(), ["fullAnswer"] = new JsonObject() },
        ["types"] = new JsonObject { ["detailed"] = question.Detailed, ["semantic"] = question.Semantic, ["structural"] = question.Structural },
        ["fullAnswer"] = question.FullAnswer,
    };
}
