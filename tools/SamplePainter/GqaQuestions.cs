namespace TinyGptV.SamplePainter;

/// <summary>The kinds of GQA questions. Each derives its answer from the scene, or returns null if the scene has no unambiguous case.</summary>
internal static class GqaQuestions
{
    public static readonly IReadOnlyList<Func<Scene, RandomPicks, GqaQuestion?>> Kinds =
        [QueryColor, VerifyThing, VerifySide, ChooseColor, VerifyTwo, QuerySide, VerifyColor, ChooseSide, CompareColors, VerifyEither];

    private static GqaQuestion QueryColor(Scene scene, RandomPicks random)
    {
        SceneThing thing = random.Pick(scene.Things);
        return new GqaQuestion
        {
            Question = $"What color is the {thing.Name}?",
            Answer = thing.Color.Name,
            FullAnswer = $"The {thing.Name} is {thing.Color.Name}.",
            Structural = "query",
            Semantic = "attr",
            Detailed = "attrQ",
            Program = [Select(thing.Name), new GqaStep("query", "color", 0)],
            Group = "color",
            LocalGroup = $"06-{thing.Name}_color",
        };
    }

    private static GqaQuestion VerifyThing(Scene scene, RandomPicks random)
    {
        Icon icon = PickPresentOrAbsent(scene, random, out bool present);
        return new GqaQuestion
        {
            Question = $"Is there {icon.WithArticle} in the picture?",
            Answer = YesOrNo(present),
            FullAnswer = present ? $"Yes, there is {icon.WithArticle}." : $"No, there is no {icon.Name}.",
            Structural = "verify",
            Semantic = "obj",
            Detailed = "exist",
            Program = [Select(icon.Name), new GqaStep("exist", "?", 0)],
            LocalGroup = $"13-{icon.Name}_exist",
        };
    }

    private static GqaQuestion VerifyTwo(Scene scene, RandomPicks random)
    {
        Icon first = random.Pick(scene.Things).Icon;
        Icon second = PickPresentOrAbsent(scene, random, out bool present, except: first);
        return new GqaQuestion
        {
            Question = $"Are there both {first.Plural} and {second.Plural} in the picture?",
            Answer = YesOrNo(present),
            FullAnswer = present ? $"Yes, there are both {first.Plural} and {second.Plural}." : $"No, there are {first.Plural} but no {second.Plural}.",
            Structural = "logical",
            Semantic = "obj",
            Detailed = "existAnd",
            Program = [Select(first.Name), new GqaStep("exist", "?", 0), Select(second.Name), new GqaStep("exist", "?", 2), new GqaStep("and", "", 1, 3)],
            LocalGroup = $"10-{first.Name}_and_{second.Name}",
        };
    }

    private static GqaQuestion VerifyEither(Scene scene, RandomPicks random)
    {
        Icon first = PickAbsent(scene, random, null);
        Icon second = PickPresentOrAbsent(scene, random, out bool present, except: first);
        return new GqaQuestion
        {
            Question = $"Is there either {first.WithArticle} or {second.WithArticle} in the picture?",
            Answer = YesOrNo(present),
            FullAnswer = present ? $"Yes, there is {second.WithArticle}." : $"No, there are no {first.Plural} or {second.Plural}.",
            Structural = "logical",
            Semantic = "obj",
            Detailed = "existOr",
            Program = [Select(first.Name), new GqaStep("exist", "?", 0), Select(second.Name), new GqaStep("exist", "?", 2), new GqaStep("or", "", 1, 3)],
            LocalGroup = $"10-{first.Name}_or_{second.Name}",
        };
    }

    private static GqaQuestion VerifyColor(Scene scene, RandomPicks random)
    {
        SceneThing thing = random.Pick(scene.Things);
        bool right = random.Below(2) == 0;
        string color = right ? thing.Color.Name : OtherColor(thing, random);
        return new GqaQuestion
        {
            Question = $"Is the {thing.Name} {color}?",
            Answer = YesOrNo(right),
            FullAnswer = right ? $"Yes, the {thing.Name} is {color}." : $"No, the {thing.Name} is {thing.Color.Name}.",
            Structural = "verify",
            Semantic = "attr",
            Detailed = "verifyAttr",
            Program = [Select(thing.Name), new GqaStep("verify color", color, 0)],
            LocalGroup = $"06-{thing.Name}_{color}",
        };
    }

    private static GqaQuestion ChooseColor(Scene scene, RandomPicks random)
    {
        SceneThing thing = random.Pick(scene.Things);
        List<string> colors = random.Shuffle([thing.Color.Name, OtherColor(thing, random)]);
        return new GqaQuestion
        {
            Question = $"Which color is the {thing.Name}, {colors[0]} or {colors[1]}?",
            Answer = thing.Color.Name,
            FullAnswer = $"The {thing.Name} is {thing.Color.Name}.",
            Structural = "choose",
            Semantic = "attr",
            Detailed = "chooseAttr",
            Program = [Select(thing.Name), new GqaStep("choose color", $"{colors[0]}|{colors[1]}", 0)],
            Group = "color",
            LocalGroup = $"06-{thing.Name}_{colors[0]}_{colors[1]}",
        };
    }

    private static GqaQuestion CompareColors(Scene scene, RandomPicks random)
    {
        List<SceneThing> pair = random.Draw(scene.Things, 2);
        if (random.Below(2) == 0 && TwoOfOneColor(scene) is { } twins)
            pair = twins;
        bool same = pair[0].Color == pair[1].Color;
        return new GqaQuestion
        {
            Question = $"Are the {pair[0].Name} and the {pair[1].Name} the same color?",
            Answer = YesOrNo(same),
            FullAnswer = same
                ? $"Yes, both are {pair[0].Color.Name}."
                : $"No, the {pair[0].Name} is {pair[0].Color.Name} and the {pair[1].Name} is {pair[1].Color.Name}.",
            Structural = "compare",
            Semantic = "attr",
            Detailed = "twoSame",
            Program = [Select(pair[0].Name), Select(pair[1].Name), new GqaStep("same color", "", 0, 1)],
            LocalGroup = $"10c-{pair[0].Name}_{pair[1].Name}_color",
        };
    }

    private static GqaQuestion? VerifySide(Scene scene, RandomPicks random)
    {
        if (PickSide(scene, random) is not { } side)
            return null;
        bool right = random.Below(2) == 0;
        string asked = Words(right ? side.Direction : Scene.Opposite(side.Direction));
        return new GqaQuestion
        {
            Question = $"Is the {side.Thing.Name} {asked} the {side.From.Name}?",
            Answer = YesOrNo(right),
            FullAnswer = $"{(right ? "Yes" : "No")}, the {side.Thing.Name} is {Words(side.Direction)} the {side.From.Name}.",
            Structural = "verify",
            Semantic = "rel",
            Detailed = "relVerify",
            Program = [Select(side.From.Name), new GqaStep("verify rel", $"{side.Thing.Name},{asked},s", 0)],
            LocalGroup = $"13-{side.From.Name}_{side.Thing.Name}",
        };
    }

    private static GqaQuestion? ChooseSide(Scene scene, RandomPicks random)
    {
        if (PickSide(scene, random) is not { } side)
            return null;
        bool sideways = side.Direction is Direction.Left or Direction.Right;
        string answer = side.Direction.ToString().ToLowerInvariant();
        return new GqaQuestion
        {
            Question = sideways
                ? $"Is the {side.Thing.Name} to the left or to the right of the {side.From.Name}?"
                : $"Is the {side.Thing.Name} above or below the {side.From.Name}?",
            Answer = answer,
            FullAnswer = $"The {side.Thing.Name} is {Words(side.Direction)} the {side.From.Name}.",
            Structural = "choose",
            Semantic = "rel",
            Detailed = "relChooser",
            Program =
            [
                Select(side.From.Name),
                new GqaStep("choose rel", $"{side.Thing.Name},{(sideways ? "to the left of|to the right of" : "above|below")},s", 0),
            ],
            Group = sideways ? "left" : "above",
            LocalGroup = $"13-{side.From.Name}_{side.Thing.Name}_choose",
        };
    }

    /// <summary>Asks for the only thing on one side: all other things must clearly be on the opposite side.</summary>
    private static GqaQuestion? QuerySide(Scene scene, RandomPicks random)
    {
        var cases = (from side in Sides(scene)
                     where scene.Things.All(other => other == side.Thing || other == side.From || Scene.Holds(other, Scene.Opposite(side.Direction), side.From))
                     select side).ToList();
        if (cases.Count == 0)
            return null;
        Side picked = random.Pick(cases);
        return new GqaQuestion
        {
            Question = $"What is {Words(picked.Direction)} the {picked.From.Name}?",
            Answer = picked.Thing.Name,
            FullAnswer = $"The {picked.Thing.Name} is {Words(picked.Direction)} the {picked.From.Name}.",
            Structural = "query",
            Semantic = "rel",
            Detailed = "relO",
            Program = [Select(picked.From.Name), new GqaStep("relate", $"_,{Words(picked.Direction)},s", 0), new GqaStep("query", "name", 1)],
            Group = "thing",
            LocalGroup = $"14-{picked.From.Name}_{picked.Direction.ToString().ToLowerInvariant()}",
        };
    }

    private static Side? PickSide(Scene scene, RandomPicks random)
    {
        List<Side> sides = [.. Sides(scene)];
        return sides.Count == 0 ? null : random.Pick(sides);
    }

    private static IEnumerable<Side> Sides(Scene scene) =>
        from thing in scene.Things
        from direction in Enum.GetValues<Direction>()
        from other in scene.Things
        where thing != other && Scene.Holds(thing, direction, other)
        select new Side(thing, direction, other);

    private static List<SceneThing>? TwoOfOneColor(Scene scene) =>
        scene.Things.GroupBy(thing => thing.Color).FirstOrDefault(group => group.Count() == 2)?.ToList();

    private static Icon PickPresentOrAbsent(Scene scene, RandomPicks random, out bool present, Icon? except = null)
    {
        present = random.Below(2) == 0;
        return present
            ? random.Pick([.. scene.Things.Select(thing => thing.Icon).Where(icon => icon != except)])
            : PickAbsent(scene, random, except);
    }

    private static Icon PickAbsent(Scene scene, RandomPicks random, Icon? except) =>
        random.Pick([.. Icons.All.Where(icon => icon != except && scene.Things.All(thing => thing.Icon != icon))]);

    private static string OtherColor(SceneThing thing, RandomPicks random) =>
        random.Pick([.. Colors.Named.Where(color => color != thing.Color)]).Name;

    private static GqaStep Select(string name) => new("select", name);

    private static string YesOrNo(bool answer) => answer ? "yes" : "no";

    private static string Words(Direction direction) => direction switch
    {
        Direction.Left => "to the left of",
        Direction.Right => "to the right of",
        Direction.Above => "above",
        _ => "below",
    };

    private sealed record Side(SceneThing Thing, Direction Direction, SceneThing From);
}
