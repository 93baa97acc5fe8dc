using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Benchmarks.Formats;

namespace TinyGptV.Evaluation.Tests.Benchmarks.Formats;

public sealed class VsrAnnotationsTests
{
    private const string Cat = """{"image": "000000900001.jpg", "image_link": "http://images.example/train2017/000000900001.jpg", "caption": "The cat is under the bench.", "label": 1, "relation": "under", "subj": "cat", "obj": "bench", "annotator_id": 3, "vote_true_validator_id": "[2, 7]", "vote_false_validator_id": "[]"}""";
    private const string Bus = """{"image": "000000900002.jpg", "image_link": "http://images.example/val2017/000000900002.jpg", "caption": "The bus is at the left side of the person.", "label": 0, "relation": "at the left side of", "annotator_id": 5, "vote_true_validator_id": [11], "vote_false_validator_id": [2], "reference_frame": "object"}""";

    [Theory]
    [InlineData(Cat + "\n" + Bus)]
    [InlineData(Cat + "\r\n" + Bus + "\r\n")]
    [InlineData("\uFEFF" + Cat + "\n" + Bus + "\n")]
    [InlineData("[" + Cat + ",\n" + Bus + "]")]
    public async Task Read_LinesOrList_GivesStatementsNamedBySplitAndLine(string text)
    {
        ImmutableArray<Sample> samples = await AnnotationFiles.ReadAsync(AnnotationFormat.Vsr, "test", ("annotations", text));

        Assert.Equal(["test:1", "test:2"], samples.Select(sample => sample.Id.Value));
        Assert.Equal(["000000900001.jpg", "000000900002.jpg"], samples.Select(sample => sample.Image.Path));
        Assert.Equal(["The cat is under the bench.", "The bus is at the left side of the person."], samples.Select(sample => sample.Question));
        Assert.Equal(["true", "false"], samples.Select(sample => sample.Target));
        Assert.Equal([new Slice("relation", "under"), new Slice("category", "Projective")], samples[0].Slices);
    }

    [Fact]
    public async Task Read_EmptyLineBetween_KeepsTheLineNumber()
    {
        ImmutableArray<Sample> samples = await AnnotationFiles.ReadAsync(AnnotationFormat.Vsr, "dev", ("annotations", Cat + "\n\n" + Bus));

        Assert.Equal(["dev:1", "dev:3"], samples.Select(sample => sample.Id.Value));
    }

    [Theory]
    [InlineData(
        """{"image": "1.jpg", "caption": "C", "label": 2, "relation": "on"}""",
        "annotations.json, line 1: field 'label': expected an integer from 0 to 1, found 2")]
    [InlineData(
        """{"image": "1.jpg", "caption": "C", "label": "1", "relation": "on"}""", "line 1: field 'label': expected an integer from 0 to 1, found \"1\"")]
    [InlineData(Cat + "\n" + """{"image": "1.jpg", "caption": "C", "label": 1}""", "line 2: field 'relation': expected a value, found no such field")]
    [InlineData(Cat + "\n" + """{"image": "1.jpg", "caption": "C", "lab""", "after 1 complete records, at or after line 1")]
    [InlineData(Cat + "\n7", "line 2: expected an object with the fields of a sample, found 7")]
    [InlineData(Cat + " " + Cat, "line 1: the sample 'test:1' occurs twice")]
    public async Task Read_MalformedLine_NamesFileLineAndField(string text, string expected) =>
        Assert.Contains(expected, await AnnotationFiles.RefusalAsync(AnnotationFormat.Vsr, "test", ("annotations", text)), StringComparison.Ordinal);

    [Theory]
    [InlineData("among", "Unallocated")]
    [InlineData("at the left side of", "Adjacency")]
    [InlineData("down from", "Directional")]
    [InlineData("far away from", "Proximity")]
    [InlineData("facing", "Orientation")]
    [InlineData("in", "Topological")]
    [InlineData("congruent", null)]
    public void Category_OfARelation_IsThatOfTheAuthors(string relation, string? category) => Assert.Equal(category, VsrCategories.Of(relation));
}
