using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Evaluation.Tests.Benchmarks.Formats;

public sealed class IconQaAnnotationsTests
{
    private const string Problems = """
        {"900001": {"question": "Which move was made with the kite?", "choices": ["slide", "turn", "flip"], "answer": 1, "ques_type": "choose_txt", "grade": "grade2", "label": "T.4"},
         "900002": {"question": "How many stars are there?", "answer": "6", "ques_type": "fill_in_blank", "grade": "prek", "label": "B.2"},
         "900003": {"question": "Which is more?", "choices": ["cats", 10], "answer": 0, "ques_type": "choose_txt", "grade": "prek", "label": "A.1"},
         "900004": {"question": "Which?", "choices": ["a", "b"], "answer": 0, "ques_type": "choose_txt", "grade": "prek", "label": "A.1"}}
        """;

    private const string Splits = """{"choose_txt_train": ["900004"], "choose_txt_val": ["900003", "900001"], "fill_in_blank_val": ["900002"]}""";
    private const string Skills = """{"900001": ["geometry", "spatial"], "900002": ["counting"]}""";

    private const string Prepared = """
        [{"image_id": "900001", "question": "Which move was made with the kite?", "choices": ["slide", "turn", "flip"], "answer": 1},
         {"image_id": 900003, "question": "Which is more?", "choices": ["cats", "dogs"], "answer": 0}]
        """;

    [Fact]
    public async Task Read_OfficialFiles_GivesTheSplitInItsOrderWithSkills()
    {
        ImmutableArray<Sample> samples = await AnnotationFiles.ReadAsync(
            AnnotationFormat.IconQa, "val", ("annotations", Problems), ("splits", Splits), ("skills", Skills));

        Assert.Equal(["900003", "900001"], samples.Select(sample => sample.Id.Value));
        Assert.Equal(["900003/image.png", "900001/image.png"], samples.Select(sample => sample.Image.Path));
        Assert.Equal(["0", "1"], samples.Select(sample => sample.Target));
        Assert.Equal(["cats", "10"], samples[0].Choices);
        Assert.Equal([new Slice("choices", "2"), new Slice("words", "3")], samples[0].Slices);
        Assert.Equal([new Slice("choices", "3"), new Slice("words", "7"), new Slice("skill", "geometry"), new Slice("skill", "spatial")], samples[1].Slices);
    }

    [Fact]
    public async Task Read_PreparedList_NeedsNoOtherFile()
    {
        ImmutableArray<Sample> samples = await AnnotationFiles.ReadAsync(
            AnnotationFormat.IconQa, "val", ("annotations", "\uFEFF" + Prepared.Replace("\n", "\r\n")));

        Assert.Equal(["900001", "900003"], samples.Select(sample => sample.Id.Value));
        Assert.Equal(["900001/image.png", "900003/image.png"], samples.Select(sample => sample.Image.Path));
        Assert.Equal(["slide", "turn", "flip"], samples[0].Choices);
    }

    [Theory]
    [InlineData(
        "test", Problems, Splits,
        "splits.json: expected a list of problems under 'choose_txt_test', found choose_txt_train, choose_txt_val, fill_in_blank_val.")]
    [InlineData("val", Problems, """{"choose_txt_val": []}""", "expected a list of problems under 'choose_txt_val', found an empty list")]
    [InlineData("val", Problems, """{"choose_txt_val": ["900001", "900001"]}""", "splits.json, record 'choose_txt_val': the problem '900001' is listed twice")]
    [InlineData("val", Problems, """{"choose_txt_val": "900001"}""", "splits.json, record 'choose_txt_val': expected a list of strings, found \"900001\"")]
    [InlineData("val", Problems, """["900001"]""", "splits.json: expected a JSON object keyed by name, found a list")]
    [InlineData(
        "val", Problems, """{"choose_txt_val": ["900009"]}""", "annotations.json: expected the problem '900009', which the split lists; found no such record")]
    [InlineData(
        "val", Problems, """{"choose_txt_val": ["900002"]}""",
        "annotations.json, record '900002': field 'ques_type': expected 'choose_txt', because the split lists this problem; found 'fill_in_blank'")]
    [InlineData(
        "val", """{"1": {"question": "Q", "choices": ["a", "b"], "answer": 2, "ques_type": "choose_txt"}}""", """{"choose_txt_val": ["1"]}""",
        "record '1': field 'answer': expected an integer from 0 to 1, found 2")]
    [InlineData(
        "val", """{"1": {"question": "Q", "choices": ["a", null], "answer": 0, "ques_type": "choose_txt"}}""", """{"choose_txt_val": ["1"]}""",
        "record '1': field 'choices': expected a list of strings, found null")]
    [InlineData(
        "val", """{"1": {"question": "Q", "choices": ["a"], "answer": 0, "ques_type": "choose_txt"}}""", """{"choose_txt_val": ["1"]}""",
        "record '1': field 'choices': expected at least 2 choices, found 1")]
    public async Task Read_MalformedOfficialFiles_NamesFileRecordAndField(string split, string problems, string splits, string expected) =>
        Assert.Contains(expected, await AnnotationFiles.RefusalAsync(
            AnnotationFormat.IconQa, split, ("annotations", problems), ("splits", splits)), StringComparison.Ordinal);

    [Fact]
    public async Task Read_OfficialProblemsWithoutSplits_AsksForThem() =>
        Assert.Contains(
            "has no splits file", await AnnotationFiles.RefusalAsync(AnnotationFormat.IconQa, "val", ("annotations", Problems)), StringComparison.Ordinal);

    [Fact]
    public async Task Read_RepeatedProblem_IsRefused()
    {
        const string one = """{"question": "Q", "choices": ["a", "b"], "answer": 0, "ques_type": "choose_txt"}""";
        string refusal = await AnnotationFiles.RefusalAsync(
            AnnotationFormat.IconQa, "val", ("annotations", $$"""{"1": {{one}}, "1": {{one}}}"""), ("splits", """{"choose_txt_val": ["1"]}"""));

        Assert.Contains("record '1': the sample '1' occurs twice", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadBlanks_OfficialFiles_GivesAnswersAsTexts()
    {
        ImmutableArray<Sample> samples = await AnnotationFiles.ReadAsync(
            AnnotationFormat.IconQaBlanks, "val", ("annotations", Problems), ("splits", Splits), ("skills", Skills));

        Sample stars = Assert.Single(samples);
        Assert.Equal(("900002", "900002/image.png", "How many stars are there?", "6"), (stars.Id.Value, stars.Image.Path, stars.Question, stars.Target));
        Assert.Equal([new Slice("words", "5"), new Slice("skill", "counting")], stars.Slices);
        Assert.Empty(stars.Choices);
    }

    [Theory]
    [InlineData("Which is more?", "3")]
    [InlineData("What is Ann's, or Bob's?", "7")]
    [InlineData("Two  spaces, ? here", "5")]
    [InlineData("One", "1")]
    public async Task Read_AnyQuestion_CountsWordsAsTheOfficialEvaluationDoes(string question, string words)
    {
        ImmutableArray<Sample> samples = await AnnotationFiles.ReadAsync(
            AnnotationFormat.IconQa, "val", ("annotations", $$"""[{"image_id": "1", "question": "{{question}}", "choices": ["a", "b"], "answer": 0}]"""));

        Assert.Equal(words, samples[0].PartOf("words"));
    }

    [Theory]
    [InlineData(Prepared, Splits, "annotations.json: expected the official problems.json, an object keyed by problem, found a list")]
    [InlineData(
        Problems, """{"fill_in_blank_val": ["900001"]}""",
        "record '900001': field 'ques_type': expected 'fill_in_blank', because the split lists this problem; found 'choose_txt'")]
    [InlineData(Problems, """{"choose_txt_val": ["900001"]}""", "splits.json: expected a list of problems under 'fill_in_blank_val', found choose_txt_val")]
    [InlineData(
        """{"1": {"question": "Q", "answer": [], "ques_type": "fill_in_blank"}}""", """{"fill_in_blank_val": ["1"]}""",
        "record '1': field 'answer': expected a string or an integer, found a list")]
    public async Task ReadBlanks_MalformedFiles_NamesFileRecordAndField(string problems, string splits, string expected) =>
        Assert.Contains(expected, await AnnotationFiles.RefusalAsync(
            AnnotationFormat.IconQaBlanks, "val", ("annotations", problems), ("splits", splits)), StringComparison.Ordinal);

    [Fact]
    public async Task ReadImages_OfficialFiles_GivesThePicturesToChooseFrom()
    {
        const string problems = """
            {"1": {"question": "Which is a circle?", "choices": ["choice_0.png", "choice_1.png"], "answer": 1, "ques_type": "choose_img"},
             "2": {"question": "Which?", "choices": ["a", "b"], "answer": 0, "ques_type": "choose_txt"}}
            """;

        Sample sample = Assert.Single(await AnnotationFiles.ReadAsync(
            AnnotationFormat.IconQaImages, "val", ("annotations", problems), ("splits", """{"choose_img_val": ["1"], "choose_txt_val": ["2"]}"""),
            ("skills", """{"1": ["geometry"]}""")));

        Assert.Equal(("1", "1/image.png", "1"), (sample.Id.Value, sample.Image.Path, sample.Target));
        Assert.Equal(["choice_0.png", "choice_1.png"], sample.Choices);
        Assert.Equal([new Slice("choices", "2"), new Slice("words", "4"), new Slice("skill", "geometry")], sample.Slices);
        Assert.Contains(
            "field 'ques_type': expected 'choose_img', because the split lists this problem; found 'choose_txt'",
            await AnnotationFiles.RefusalAsync(
            AnnotationFormat.IconQaImages, "val", ("annotations", problems), ("splits", """{"choose_img_val": ["2"]}""")), StringComparison.Ordinal);
    }
}
