using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Evaluation.Tests.Benchmarks.Formats;

public sealed class HatefulMemesAnnotationsTests
{
    private const string Coffee = """{"id": 90001, "img": "img/90001.png", "label": 0, "text": "when the 'coffee' finally arrives"}""";
    private const string Other = """{"id": "08291", "img": "img/08291.png", "label": 1, "text": "made-up caption"}""";

    [Theory]
    [InlineData(Coffee + "\n" + Other)]
    [InlineData("\uFEFF" + Coffee + "\r\n" + Other + "\r\n")]
    [InlineData("[" + Coffee + "," + Other + "]")]
    public async Task Read_LinesOrList_GivesMemes(string text)
    {
        ImmutableArray<Sample> samples = await AnnotationFiles.ReadAsync(AnnotationFormat.HatefulMemes, "dev_seen", ("annotations", text));

        Assert.Equal(["90001", "08291"], samples.Select(sample => sample.Id.Value));
        Assert.Equal(["img/90001.png", "img/08291.png"], samples.Select(sample => sample.Image.Path));
        Assert.Equal(["when the 'coffee' finally arrives", "made-up caption"], samples.Select(sample => sample.Question));
        Assert.Equal(["no", "yes"], samples.Select(sample => sample.Target));
    }

    [Theory]
    [InlineData(
        Coffee + "\n" + """{"id": 1, "img": "img/1.png", "text": "hidden"}""",
        "annotations.json, line 2: no field 'label'. Test splits are published without it and cannot be scored")]
    [InlineData("""{"id": 1, "img": "img/1.png", "text": "T", "label": null}""", "line 1: no field 'label'")]
    [InlineData("""{"id": 1, "img": "img/1.png", "text": "T", "label": "1"}""", "line 1: field 'label': expected an integer from 0 to 1, found \"1\"")]
    [InlineData("""{"id": 1, "img": "img/1.png", "label": 1}""", "line 1: field 'text': expected a value, found no such field")]
    [InlineData("""{"img": "img/1.png", "text": "T", "label": 1}""", "line 1: field 'id': expected a string or an integer, found no such field")]
    [InlineData(Coffee + "\n" + Coffee, "line 2: the sample '90001' occurs twice")]
    [InlineData(Coffee + "\n" + """{"id": 1, "im""", "after 1 complete records, at or after line 1")]
    public async Task Read_MalformedLine_NamesFileLineAndField(string text, string expected) =>
        Assert.Contains(
            expected, await AnnotationFiles.RefusalAsync(AnnotationFormat.HatefulMemes, "dev_seen", ("annotations", text)), StringComparison.Ordinal);
}
