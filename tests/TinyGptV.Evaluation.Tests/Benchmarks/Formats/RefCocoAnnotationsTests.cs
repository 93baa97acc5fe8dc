using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Evaluation.Tests.Benchmarks.Formats;

public sealed class RefCocoAnnotationsTests
{
    private const string Left =
        """{"img_id": "COCO_train2014_000000900001_4", "sents": "left man", "bbox": [10.5, 20.0, 100.0, 200.0], "height": 480, "width": 640}""";
    private const string Red =
        """{"img_id": "COCO_train2014_000000900002_1954731", "sents": "man in red", "bbox": [0, 0, 30, 30], "height": 480, "width": 640}""";

    [Theory]
    [InlineData("[" + Left + ",\n" + Left + ",\n" + Red + "]")]
    [InlineData("\uFEFF[" + Left + ",\r\n" + Left + ",\r\n" + Red + "]")]
    public async Task Read_PreparedList_NamesExpressionsBySplitAndPosition(string text)
    {
        ImmutableArray<Sample> samples = await AnnotationFiles.ReadAsync(AnnotationFormat.RefCoco, "testA", ("annotations", text));

        Assert.Equal(["testA:1", "testA:2", "testA:3"], samples.Select(sample => sample.Id.Value));
        Assert.Equal(
            ["COCO_train2014_000000900001.jpg", "COCO_train2014_000000900001.jpg", "COCO_train2014_000000900002.jpg"],
            samples.Select(sample => sample.Image.Path));
        Assert.Equal(["left man", "left man", "man in red"], samples.Select(sample => sample.Question));
        Assert.Equal(new ReferenceBox(10.5, 20, 100, 200, 640, 480), samples[0].Box);
        Assert.Equal("{<1><4><17><45>}", samples[0].Target);
        Assert.Equal([new Slice("box", "large, from 96 x 96")], samples[0].Slices);
        Assert.Equal([new Slice("box", "small, below 32 x 32")], samples[2].Slices);
    }

    [Theory]
    [InlineData("{}", "annotations.json: expected the list prepared for MiniGPT-v2, found an object")]
    [InlineData("[]", "annotations.json: expected at least one sample, found none")]
    [InlineData("[" + Left + "," + "\n{", "after 1 complete records, at or after line 1")]
    [InlineData(
        """[{"img_id": "COCO_train2014_0000009000", "sents": "s", "bbox": [1, 2, 3, 4], "height": 4, "width": 6}]""",
        "record 1 (line 1): field 'img_id': expected at least 27 characters, found 'COCO_train2014_0000009000'")]
    [InlineData(
        """[{"img_id": "COCO_train2014_000000900001_4", "sents": ["s"], "bbox": [1, 2, 3, 4], "height": 4, "width": 6}]""",
        "field 'sents': expected a non-empty string, found a list")]
    [InlineData(
        """[{"img_id": "COCO_train2014_000000900001_4", "sents": "s", "bbox": [1, 2, 3], "height": 4, "width": 6}]""",
        "field 'bbox': expected a list of 4 numbers, each at least 0, found a list")]
    [InlineData(
        """[{"img_id": "COCO_train2014_000000900001_4", "sents": "s", "bbox": [1, 2, 3, -4], "height": 4, "width": 6}]""",
        "field 'bbox': expected a list of 4 numbers, each at least 0")]
    [InlineData(
        """[{"img_id": "COCO_train2014_000000900001_4", "sents": "s", "bbox": [1, 2, 3, "4"], "height": 4, "width": 6}]""",
        "field 'bbox': expected a list of 4 numbers, each at least 0")]
    [InlineData(
        """[{"img_id": "COCO_train2014_000000900001_4", "sents": "s", "bbox": [1, 2, 3, 4, 5], "height": 4, "width": 6}]""",
        "field 'bbox': expected a list of 4 numbers, each at least 0")]
    [InlineData(
        """[{"img_id": "COCO_train2014_000000900001_4", "sents": "s", "bbox": [1, 2, 3, 1e999], "height": 4, "width": 6}]""",
        "field 'bbox': expected a list of 4 numbers, each at least 0")]
    [InlineData(
        """[{"img_id": "COCO_train2014_000000900001_4", "sents": "s", "bbox": 7, "height": 4, "width": 6}]""",
        "field 'bbox': expected a list of 4 numbers, each at least 0, found 7")]
    [InlineData(
        """[{"img_id": "COCO_train2014_000000900001_4", "sents": "s", "bbox": [1, 2, 3, 4], "height": 0, "width": 6}]""",
        "field 'height': expected a positive integer, found 0")]
    [InlineData(
        """[{"img_id": "COCO_train2014_000000900001_4", "sents": "s", "bbox": [1, 2, 3, 4], "height": 4}]""",
        "field 'width': expected a value, found no such field")]
    public async Task Read_MalformedList_NamesFileRecordAndField(string text, string expected) =>
        Assert.Contains(expected, await AnnotationFiles.RefusalAsync(AnnotationFormat.RefCoco, "val", ("annotations", text)), StringComparison.Ordinal);
}
