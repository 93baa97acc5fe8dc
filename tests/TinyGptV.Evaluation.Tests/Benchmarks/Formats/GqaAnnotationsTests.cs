using System.Collections.Immutable;
using System.Text;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Benchmarks.Formats;

namespace TinyGptV.Evaluation.Tests.Benchmarks.Formats;

public sealed class GqaAnnotationsTests
{
    private const string Stanford = """
        {
          "09000001": {
            "semantic": [{"operation": "select", "dependencies": [], "argument": "bench (1101)"}],
            "entailed": ["09000001"], "equivalent": ["09000001"],
            "question": "What color is the {bench}?", "imageId": "n900001", "isBalanced": true,
            "groups": {"global": "color", "local": "06-bench_color"}, "answer": "green",
            "semanticStr": "select: bench (1101)->query: color [0]",
            "annotations": {"answer": {}, "question": {"4": "1101"}, "fullAnswer": {"1": "1101"}},
            "types": {"detailed": "attrQ", "semantic": "attr", "structural": "query"}, "fullAnswer": "The bench is green."
          },
          "20900002": {
            "question": "Is there a dog in the picture?", "imageId": "2407890", "isBalanced": true,
            "groups": {"global": null, "local": "13-dog_exist"}, "answer": "no",
            "types": {"detailed": "exist", "semantic": "obj", "structural": "verify"}
          }
        }
        """;

    private const string WithChoices = """
        {"1": {"imageId": "n1", "question": "What color is it?", "answer": "green", "isBalanced": true, "entailed": ["1", "4", "2"], "types": {"detailed": "attrQ"}},
         "2": {"imageId": "n1", "question": "What do they share?", "answer": "color", "isBalanced": true, "types": {"detailed": "twoCommonAttr", "structural": "compare"}},
         "3": {"imageId": "n1", "question": "Is it?", "answer": "no", "isBalanced": false}}
        """;

    private const string Lavis = """
        [{"image": "n900001.jpg", "question": "What color is the bench?", "answer": "green", "question_id": "09000001"},
         {"image": "n900001.jpg", "question": "Is there a dog in the picture?", "answer": "no", "question_id": 20900002},
         {"image": "n900002.jpg", "question": "Who is it?", "answer": "man"}]
        """;

    [Fact]
    public async Task Read_StanfordObject_GivesEveryFieldAndType()
    {
        ImmutableArray<Sample> samples = await AnnotationFiles.ReadAsync(AnnotationFormat.Gqa, "testdev", ("annotations", Stanford));

        Assert.Equal(["09000001", "20900002"], samples.Select(sample => sample.Id.Value));
        Assert.Equal(["n900001.jpg", "2407890.jpg"], samples.Select(sample => sample.Image.Path));
        Assert.Equal("What color is the {bench}?", samples[0].Question);
        Assert.Equal(["green", "no"], samples.Select(sample => sample.Target));
        Assert.Equal(
            [new Slice("structural", "query"), new Slice("semantic", "attr"), new Slice("detailed", "attrQ"), new Slice("words", "5"), new Slice("steps", "1")],
            samples[0].Slices);
        Assert.Equal(("color", true, null, null), (samples[0].Gqa!.Group, samples[0].Gqa!.Entailed.IsEmpty, samples[0].Gqa!.Valid, samples[0].Gqa!.Plausible));
        Assert.Null(samples[1].Gqa);
        Assert.All(samples, sample => Assert.Empty(sample.Choices));
    }

    [Fact]
    public async Task Read_LavisList_KeepsImageNamesAndNamesRecordsWithoutIdByPosition()
    {
        ImmutableArray<Sample> samples = await AnnotationFiles.ReadAsync(AnnotationFormat.Gqa, "testdev", ("annotations", Lavis));

        Assert.Equal(["09000001", "20900002", "testdev:3"], samples.Select(sample => sample.Id.Value));
        Assert.Equal(["n900001.jpg", "n900001.jpg", "n900002.jpg"], samples.Select(sample => sample.Image.Path));
        Assert.Equal(["5", "7", "3"], samples.Select(sample => Assert.Single(sample.Slices, slice => slice.Kind == "words").Name));
        Assert.All(samples, sample => Assert.Null(sample.Gqa));
    }

    [Fact]
    public async Task Read_Programs_CountsTheStepsThatTheOfficialEvaluationCounts()
    {
        const string text = """
            {"1": {"imageId": "n1", "question": "Is it?", "answer": "no", "semantic": [
              {"operation": "select", "dependencies": [], "argument": "dog (1)"},
              {"operation": "filter color", "dependencies": [0], "argument": "red"},
              {"operation": "choose name", "dependencies": [1], "argument": "a|b"},
              {"operation": "query", "dependencies": [1], "argument": "name"},
              {"operation": "query", "dependencies": [1], "argument": "color"},
              {"operation": "exist", "dependencies": [1], "argument": "?"},
              {"operation": "relate", "dependencies": [1], "argument": "existing thing"}]}}
            """;

        ImmutableArray<Sample> samples = await AnnotationFiles.ReadAsync(AnnotationFormat.Gqa, "val", ("annotations", text));

        Assert.Equal("3", samples[0].PartOf("steps"));
    }

    [Fact]
    public async Task Read_Choices_GoWithTheirQuestions_AndThoseForSomethingCommonHaveTheirOwn()
    {
        ImmutableArray<Sample> samples = await AnnotationFiles.ReadAsync(
            AnnotationFormat.Gqa, "val", ("annotations", WithChoices),
            ("choices", """{"1": {"valid": ["green", "red"], "plausible": ["green"]}, "9": {"valid": [], "plausible": []}}"""));

        Assert.Equal(["green", "red"], samples[0].Gqa!.Valid!.Value);
        Assert.Equal(["green"], samples[0].Gqa!.Plausible!.Value);
        Assert.Equal(["4", "2"], samples[0].Gqa!.Entailed.Select(id => id.Value));
        Assert.Equal(["color", "material", "shape"], samples[1].Gqa!.Valid!.Value);
        Assert.Equal(["color", "material", "shape"], samples[1].Gqa!.Plausible!.Value);
        Assert.Null(samples[2].Gqa);
    }

    [Theory]
    [InlineData("{}", "record '1': the choices file lacks this question, so it belongs to another split")]
    [InlineData("[]", "choices.json: expected an object keyed by question, found a list")]
    [InlineData("""{"1": {"valid": "green", "plausible": []}}""", "choices.json, record '1': field 'valid': expected a list of strings, found \"green\"")]
    [InlineData("""{"1": {"valid": ["green"]}}""", "choices.json, record '1': field 'plausible': expected a value, found no such field")]
    public async Task Read_MalformedChoices_NamesFileRecordAndField(string choices, string expected) => Assert.Contains(
        expected,
        await AnnotationFiles.RefusalAsync(AnnotationFormat.Gqa, "val", ("annotations", WithChoices), ("choices", choices)),
        StringComparison.Ordinal);

    [Theory]
    [InlineData(Stanford, 1)]
    [InlineData(Stanford, 7)]
    [InlineData(Lavis, 1)]
    [InlineData(Lavis, 3)]
    public async Task Read_AnyPortionsByteOrderMarkAndLineEnds_GivesTheSameSamples(string text, int bytesAtOnce)
    {
        ImmutableArray<Sample> expected = await AnnotationFiles.ReadAsync(AnnotationFormat.Gqa, "testdev", ("annotations", text));
        byte[] windows = [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(text.Replace("\n", "\r\n") + "\r\n")];

        ImmutableArray<Sample> actual = await AnnotationReader.ReadAsync(
            AnnotationFiles.Definition(AnnotationFormat.Gqa, "testdev"),
            role => role == "annotations" ? new AnnotationFile(role, new DripStream(windows, bytesAtOnce)) : null,
            TestContext.Current.CancellationToken);

        Assert.Equal(expected.Select(Flat), actual.Select(Flat));
    }

    [Theory]
    [InlineData("true", null)]
    [InlineData("false", false)]
    [InlineData("null", null)]
    public async Task Read_BalancedOrNot_SaysWhatTheOfficialScoreLeavesOut(string isBalanced, bool? expected)
    {
        ImmutableArray<Sample> samples = await AnnotationFiles.ReadAsync(
            AnnotationFormat.Gqa, "testdev", ("annotations", $$"""{"1": {"question": "Q", "imageId": "n1", "isBalanced": {{isBalanced}}, "answer": "a"} }"""));

        Assert.Equal(expected, samples[0].CountsOfficially);
    }

    [Theory]
    [InlineData(
        """{"1": {"question": "Q", "imageId": "n1", "answer": "a", "isBalanced": "yes"}}""",
        "record '1': field 'isBalanced': expected true or false, found \"yes\"")]
    [InlineData("", "annotations.json: expected JSON starting with '{' or '[', found nothing")]
    [InlineData("questions", "expected JSON starting with '{' or '[', found something else")]
    [InlineData("{}", "annotations.json: expected at least one sample, found none")]
    [InlineData("""{"1": {"question": "Q", "imageId": "n1", "answer": """, "after 0 complete records, at or after line 1")]
    [InlineData("""{"1": {"question": "Q", "imageId": "n1", "answer": "a"}} trailing""", "after 1 complete records, at or after line 1")]
    [InlineData("""{"1": {"imageId": "n1", "answer": "a"}}""", "annotations.json, record '1': field 'question': expected a value, found no such field")]
    [InlineData(
        """{"1": {"question": 7, "imageId": "n1", "answer": "a"}}""", "annotations.json, record '1': field 'question': expected a non-empty string, found 7")]
    [InlineData("""{"1": {"question": "Q", "imageId": "n1", "answer": null}}""", "field 'answer': expected a non-empty string, found null")]
    [InlineData("""{"1": {"question": "Q", "imageId": "", "answer": "a"}}""", "field 'imageId': expected a non-empty string, found \"\"")]
    [InlineData(
        """{"1": {"question": "Q", "imageId": "n1", "answer": "a", "types": {"detailed": []}}}""", "field 'types.detailed': expected a string, found a list")]
    [InlineData("""{"1": ["Q"]}""", "annotations.json, record '1': expected an object with the fields of a sample, found a list")]
    [InlineData(
        """{"1": {"question": "Q", "imageId": "n1", "answer": "a"}, "1": {"question": "Q", "imageId": "n1", "answer": "a"}}""",
        "record '1': the sample '1' occurs twice")]
    [InlineData("""{"1": {"question": "\ud800", "imageId": "n1", "answer": "a"}}""", "field 'question': expected a string in UTF-8, found invalid bytes")]
    [InlineData(
        "[{\"question\": \"Q\", \"answer\": \"a\", \"image\": \"1.jpg\"},\n {\"question\": \"Q\", \"answer\": \"a\"}]",
        "record 2 (line 2): field 'image': expected a value, found no such field")]
    [InlineData(
        """[{"question": "Q", "answer": "a", "image": "1.jpg", "question_id": 1.5}]""",
        "record 1 (line 1): field 'question_id': expected a string or an integer, found 1.5")]
    public async Task Read_MalformedFile_NamesFileRecordAndField(string text, string expected) =>
        Assert.Contains(expected, await AnnotationFiles.RefusalAsync(AnnotationFormat.Gqa, "testdev", ("annotations", text)), StringComparison.Ordinal);

    [Fact]
    public async Task Read_BytesThatAreNotUtf8_AreRefused()
    {
        byte[] latin1 = [.. "{\"1\": {\"question\": \"caf"u8, 0xE9, .. "\", \"imageId\": \"n1\", \"answer\": \"a\"}}"u8];

        PrerequisiteException refusal = await Assert.ThrowsAsync<PrerequisiteException>(
            () => AnnotationFiles.ReadBytesAsync(AnnotationFormat.Gqa, "testdev", ("annotations", latin1)));

        Assert.Contains("record '1': field 'question': expected a string in UTF-8", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_FileAbsent_ListsTheAlternatives()
    {
        string refusal = await AnnotationFiles.RefusalAsync(AnnotationFormat.Gqa, "testdev");

        Assert.StartsWith(
            "Benchmark 'made-up' has no annotations file: expected 'a.json' or 'b/a.json' in its folder, found none.", refusal, StringComparison.Ordinal);
    }

    private static string Flat(Sample sample) => $"{sample.Id}|{sample.Image}|{sample.Question}|{sample.Target}|{string.Join(',', sample.Slices)}";
}
