using System.Collections.Immutable;
using System.Globalization;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.SamplePainter;

namespace TinyGptV.Tools.Tests.SamplePainter;

/// <summary>Checks the committed answers against the pixels of the committed pictures.</summary>
public sealed class SampleAnswersTests
{
    [Fact]
    public void Every_thing_of_a_scene_is_one_patch_of_its_color_and_there_is_no_other()
    {
        IReadOnlyList<Scene> scenes = GqaSampleSet.Scenes(SampleSetGenerator.DefaultSeed);

        Assert.All(scenes, (scene, picture) =>
        {
            byte[] file = SampleFolder.ReadImage("gqa", new ImageReference(GqaSampleSet.ImageName(picture) + ".jpg"));
            Assert.Equal(
                scene.Things.Select(thing => thing.Color.Name).Order(),
                Patches.OfNamedColors(file).Select(patch => patch.Class).Order());
            Assert.All(scene.Things, thing => PatchOf(thing, file));
        });
    }

    [Fact]
    public async Task Colors_that_GQA_questions_ask_for_are_those_of_the_pixels()
    {
        IReadOnlyList<Scene> scenes = GqaSampleSet.Scenes(SampleSetGenerator.DefaultSeed);
        ImmutableArray<Sample> samples = await SampleFolder.ReadAsync("gqa");
        List<Sample> asked = [.. samples.Where(sample => sample.Question.StartsWith("What color is the ", StringComparison.Ordinal))];

        Assert.NotEmpty(asked);
        Assert.All(asked, sample =>
        {
            int picture = Enumerable.Range(0, scenes.Count).Single(i => GqaSampleSet.ImageName(i) + ".jpg" == sample.Image.Path);
            SceneThing thing = scenes[picture].Things.Single(candidate => sample.Question == $"What color is the {candidate.Name}?");
            Assert.Equal(PatchOf(thing, SampleFolder.ReadImage("gqa", sample.Image)).Class, sample.Target);
        });
    }

    [Fact]
    public async Task GQA_answers_are_mixed()
    {
        ImmutableArray<Sample> samples = await SampleFolder.ReadAsync("gqa");

        Assert.InRange(samples.Count(sample => sample.Target == "yes"), 30, 50);
        Assert.InRange(samples.Count(sample => sample.Target == "no"), 30, 50);
        Assert.Equal(5, samples.SelectMany(sample => sample.Slices).Where(slice => slice.Kind == "structural").Distinct().Count());
        Assert.All(samples.GroupBy(sample => sample.Image), image => Assert.Equal(5, image.Count()));
    }

    [Fact]
    public async Task VSR_labels_follow_from_the_places_of_the_pixels_and_are_balanced()
    {
        IReadOnlyList<Scene> scenes = VsrSampleSet.Scenes(SampleSetGenerator.DefaultSeed + 1000);
        ImmutableArray<Sample> samples = await SampleFolder.ReadAsync("vsr");

        Assert.Equal(samples.Length, 2 * samples.Count(sample => sample.Target == "true"));
        Assert.All(samples, sample =>
        {
            int picture = Enumerable.Range(0, scenes.Count).Single(i => VsrSampleSet.ImageName(i) == sample.Image.Path);
            string relation = sample.Slices.Single(slice => slice.Kind == "relation").Name;
            string[] names = sample.Question["The ".Length..^1].Split($" is {relation} the ");
            byte[] file = SampleFolder.ReadImage("vsr", sample.Image);
            Patch thing = PatchOf(scenes[picture].Things.Single(t => t.Name == names[0]), file);
            Patch from = PatchOf(scenes[picture].Things.Single(t => t.Name == names[1]), file);
            bool holds = VsrSampleSet.DirectionOf(relation) switch
            {
                Direction.Left => thing.X < from.X,
                Direction.Right => thing.X > from.X,
                Direction.Above => thing.Y < from.Y,
                _ => thing.Y > from.Y,
            };
            Assert.Equal(holds ? "true" : "false", sample.Target);
        });
    }

    [Fact]
    public async Task IconQA_counts_are_numbers_of_patches()
    {
        ImmutableArray<Sample> samples = await SampleFolder.ReadAsync("iconqa");
        List<Sample> counted = [.. samples.Where(sample =>
            sample.Question.StartsWith("How many", StringComparison.Ordinal) && sample.Question.EndsWith("are there?", StringComparison.Ordinal))];

        Assert.True(counted.Count >= 10, $"Only {counted.Count} counting problems.");
        Assert.All(counted, sample =>
        {
            byte[] file = SampleFolder.ReadImage("iconqa", sample.Image);
            int answer = int.Parse(sample.Choices[Index(sample)], CultureInfo.InvariantCulture);
            // One colour: all things on the page. Two colours: the things of one of them.
            List<int> counts = [.. Patches.OfNamedColors(file).CountBy(patch => patch.Class).Select(group => group.Value)];
            Assert.Contains(answer, counts);
            Assert.Equal(counts.Sum(), Patches.OfInk(file).Count);
        });
    }

    [Fact]
    public async Task IconQA_fractions_are_numbers_of_parts()
    {
        ImmutableArray<Sample> samples = await SampleFolder.ReadAsync("iconqa");
        List<Sample> fractions = [.. samples.Where(sample => sample.Question.StartsWith("What fraction", StringComparison.Ordinal))];

        Assert.NotEmpty(fractions);
        Assert.All(fractions, sample =>
        {
            byte[] file = SampleFolder.ReadImage("iconqa", sample.Image);
            List<Patch> parts = Patches.OfParts(file);
            Assert.Equal($"{parts.Count(part => part.Class == "colored")}/{parts.Count}", sample.Choices[Index(sample)]);
        });
    }

    [Fact]
    public async Task IconQA_choices_are_different_and_few()
    {
        ImmutableArray<Sample> samples = await SampleFolder.ReadAsync("iconqa");

        Assert.All(samples, sample => Assert.Equal(sample.Choices.Length, sample.Choices.Distinct().Count()));
        Assert.Equal([2, 3, 4, 5], samples.Select(sample => sample.Choices.Length).Distinct().Order());
    }

    private static int Index(Sample sample) => int.Parse(sample.Target, CultureInfo.InvariantCulture);

    private static Patch PatchOf(SceneThing thing, byte[] file) => Assert.Single(Patches.OfNamedColors(file), patch =>
        patch.X > thing.Box.Left && patch.X < thing.Box.Right && patch.Y > thing.Box.Top && patch.Y < thing.Box.Bottom);
}
