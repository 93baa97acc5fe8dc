using System.Globalization;
using System.Text.Json.Nodes;

namespace TinyGptV.SamplePainter;

/// <summary>Multiple-choice problems about diagrams, in IconQA's official format.</summary>
internal static class IconQaSampleSet
{
    private const string SubTask = "choose_txt";
    private const string Split = "sample";

    private static readonly IReadOnlyList<(int Count, Func<RandomPicks, IconQaProblem> Make)> Kinds =
    [
        (9, CountingProblems.CountOneKind),
        (6, CountingProblems.CountOneOfTwoKinds),
        (6, CountingProblems.WhichIsMore),
        (5, CountingProblems.IsThereOneForEach),
        (7, PlaceProblems.WhatIsOnASide),
        (3, PlaceProblems.WhichIsAtAPlace),
        (6, ShapeProblems.NameTheShape),
        (5, ShapeProblems.CountTheSides),
        (4, ShapeProblems.WhichLineIsLonger),
        (4, ShapeProblems.WhichFractionIsColored),
        (3, PlaceProblems.WhatComesNext),
        (2, ShapeProblems.WhatTimeIsIt),
    ];

    /// <summary>The problems of a seed, in file order.</summary>
    public static IReadOnlyList<IconQaProblem> Problems(ulong seed)
    {
        RandomPicks random = new(seed);
        return random.Shuffle<IconQaProblem>([.. Kinds.SelectMany(kind => Enumerable.Range(0, kind.Count).Select(_ => kind.Make(random)))]);
    }

    public static string ProblemId(int problem) => (900001 + problem).ToString(CultureInfo.InvariantCulture);

    public static IEnumerable<SampleFile> Make(ulong seed)
    {
        IReadOnlyList<IconQaProblem> problems = Problems(seed);
        List<string> ids = [.. Enumerable.Range(0, problems.Count).Select(ProblemId)];
        return
        [
            SampleFile.Json("problems.json", new JsonObject(problems.Select((problem, i) => KeyValuePair.Create(ids[i], (JsonNode?)ToJson(problem))))),
            SampleFile.Json("pid_splits.json", new JsonObject { [$"{SubTask}_{Split}"] = Texts(ids) }),
            SampleFile.Json("pid2skills.json", new JsonObject(problems.Select((problem, i) => KeyValuePair.Create(ids[i], (JsonNode?)Texts(problem.Skills))))),
            .. problems.Select((problem, i) => new SampleFile($"iconqa/{Split}/{SubTask}/{ids[i]}/image.png", PngFile.Encode(problem.Picture))),
        ];
    }

    private static JsonObject ToJson(IconQaProblem problem) => new()
    {
        ["question"] = problem.Question,
        ["choices"] = Texts(problem.Choices),
        ["answer"] = problem.Choices.ToList().IndexOf(problem.Answer),
        ["ques_type"] = SubTask,
        ["grade"] = problem.Grade,
        ["label"] = "S.1",
    };

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);
}
