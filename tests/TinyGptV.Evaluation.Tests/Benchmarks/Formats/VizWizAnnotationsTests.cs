using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Evaluation.Tests.Benchmarks.Formats;

public sealed class VizWizAnnotationsTests
{
    private const string Soup = """
        {"image": "VizWiz_val_90000001.jpg", "question": "What is this can?", "answers": [{"answer_confidence": "yes", "answer": "soup"}, {"answer_confidence": "maybe", "answer": "tomato soup"}, {"answer_confidence": "yes", "answer": "soup can"}, {"answer_confidence": "yes", "answer": "tomato soup"}, {"answer_confidence": "yes", "answer": "soup"}, {"answer_confidence": "no", "answer": "unsuitable"}, {"answer_confidence": "yes", "answer": "tomato soup"}, {"answer_confidence": "yes", "answer": "can"}, {"answer_confidence": "maybe", "answer": "soup"}, {"answer_confidence": "yes", "answer": ""}], "answer_type": "other", "answerable": 1}
        """;

    private const string Light = """{"image": "VizWiz_val_90000002.jpg", "question": "Is the light 'on'?", "answers": [{"answer": "unanswerable"}], "answer_type": "unanswerable", "answerable": 0}""";

    [Theory]
    [InlineData("[" + Soup + ",\n" + Light + "]")]
    [InlineData("\uFEFF[" + Soup + ",\r\n" + Light + "]\r\n")]
    public async Task Read_List_GivesAllAnswersWithConfidence(string text)
    {
        ImmutableArray<Sample> samples = await AnnotationFiles.ReadAsync(AnnotationFormat.VizWiz, "val", ("annotations", text));

        Assert.Equal(["VizWiz_val_90000001.jpg", "VizWiz_val_90000002.jpg"], samples.Select(sample => sample.Id.Value));
        Assert.Equal(samples.Select(sample => sample.Id.Value), samples.Select(sample => sample.Image.Path));
        Assert.Equal("Is the light 'on'?", samples[1].Question);
        Assert.Equal(["soup", "unanswerable"], samples.Select(sample => sample.Target));
        Assert.Equal(10, samples[0].Answers!.Value.Length);
        Assert.Equal(new ReferenceAnswer("tomato soup", "maybe"), samples[0].Answers!.Value[1]);
        Assert.Equal(new ReferenceAnswer("", "yes"), samples[0].Answers!.Value[9]);
        Assert.Equal([new Slice("answer type", "other"), new Slice("answerable", "yes")], samples[0].Slices);
        Assert.Equal([new Slice("answer type", "unanswerable"), new Slice("answerable", "no")], samples[1].Slices);
    }

    [Theory]
    [InlineData("{}", "annotations.json: expected a list of questions, found an object")]
    [InlineData("[" + Light, "after 1 complete records, at or after line 1")]
    [InlineData("[" + Light + ",\n" + Light + "]", "record 2 (line 2): the sample 'VizWiz_val_90000002.jpg' occurs twice")]
    [InlineData("""[{"image": "1.jpg", "question": "Q"}]""", "record 1 (line 1): no field 'answers'. Test splits are published without it")]
    [InlineData("""[{"image": "1.jpg", "question": "Q", "answers": []}]""", "field 'answers': expected at least one answer, found none")]
    [InlineData("""[{"image": "1.jpg", "question": "Q", "answers": "a"}]""", "field 'answers': expected a list of records, found \"a\"")]
    [InlineData(
        """[{"image": "1.jpg", "question": "Q", "answers": [{"answer": "a"}, {"answer": 7}]}]""", "field 'answers[1].answer': expected a string, found 7")]
    [InlineData(
        """[{"image": "1.jpg", "question": "Q", "answers": [{"answer": "a"}, "b"]}]""",
        "field 'answers[1]': expected an object with the fields of a sample, found \"b\"")]
    [InlineData(
        """[{"image": "1.jpg", "question": "Q", "answers": [{"answer": "a", "answer_confidence": 1}]}]""",
        "field 'answers[0].answer_confidence': expected a string, found 1")]
    [InlineData(
        """[{"image": "1.jpg", "question": "Q", "answers": [{"answer": "a"}], "answerable": "1"}]""",
        "field 'answerable': expected an integer from 0 to 1, found \"1\"")]
    [InlineData("""[{"question": "Q", "answers": [{"answer": "a"}]}]""", "field 'image': expected a value, found no such field")]
    public async Task Read_MalformedList_NamesFileRecordAndField(string text, string expected) =>
        Assert.Contains(expected, await AnnotationFiles.RefusalAsync(AnnotationFormat.VizWiz, "val", ("annotations", text)), StringComparison.Ordinal);
}
