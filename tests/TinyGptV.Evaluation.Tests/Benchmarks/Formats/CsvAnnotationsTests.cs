using System.Collections.Immutable;
using System.Text;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Benchmarks.Formats;
using TinyGptV.Evaluation.Definitions;

namespace TinyGptV.Evaluation.Tests.Benchmarks.Formats;

public sealed class CsvAnnotationsTests
{
    private const string Open = """
        image,question,answer,room
        a.jpg,"What colour, then?",green,kitchen
        sub/b.png,"Is it ""wet""?",yes,
        a.jpg,"Two
        lines?",no,hall
        """;

    private const string Ranked = "id,image,question,choices,answer\nq1,a.png,Which?,slide | turn|flip,turn\nq2,a.png,Which one?,1|0,0\n";

    [Theory]
    [InlineData("", "\n")]
    [InlineData("\uFEFF", "\r\n")]
    public async Task Read_OpenQuestions_NamesRowsBySplitAndNumberAndSlicesByColumn(string mark, string lineEnd)
    {
        string text = mark + Open.ReplaceLineEndings(lineEnd);

        ImmutableArray<Sample> samples = await AnnotationFiles.ReadAsync(AnnotationFormat.Csv, "all", ("annotations", text));

        Assert.Equal(["all:1", "all:2", "all:3"], samples.Select(sample => sample.Id.Value));
        Assert.Equal(["a.jpg", "sub/b.png", "a.jpg"], samples.Select(sample => sample.Image.Path));
        Assert.Equal(["What colour, then?", "Is it \"wet\"?", "Two" + lineEnd + "lines?"], samples.Select(sample => sample.Question));
        Assert.Equal(["green", "yes", "no"], samples.Select(sample => sample.Target));
        Assert.Equal([new Slice("room", "kitchen")], samples[0].Slices);
        Assert.Empty(samples[1].Slices);
    }

    [Fact]
    public async Task Read_Choices_TargetIsTheIndexOfTheAnswer()
    {
        ImmutableArray<Sample> samples = await ReadRankedAsync(Ranked);

        Assert.Equal(["q1", "q2"], samples.Select(sample => sample.Id.Value));
        Assert.Equal(["slide", "turn", "flip"], samples[0].Choices);
        Assert.Equal(["1", "1"], samples.Select(sample => sample.Target));
        Assert.All(samples, sample => Assert.Empty(sample.Slices));
    }

    [Theory]
    [InlineData("", "annotations.json: expected a column 'image', found nothing")]
    [InlineData("image,question\na,b\n", "annotations.json: expected a column 'answer', found image, question")]
    [InlineData("image;question;answer\n", "annotations.json: expected comma-separated columns, found 'image;question;answer'")]
    [InlineData("image,question,answer,\n", "expected a name for every column in the first line, found an empty one")]
    [InlineData("image,question,answer,Image\n", "expected unique columns, found 'image' twice")]
    [InlineData("image,question,answer\n", "annotations.json: expected at least one sample, found none")]
    [InlineData("image,question,answer\na.jpg,What?,green\n,What?,green\n", "annotations.json, row 2 (line 3), column 'image': expected a value, found none")]
    [InlineData(
        "image,question,answer\n\"a.jpg\",\"What\nnow?\",green\na.jpg,,green\n",
        "annotations.json, row 2 (line 4), column 'question': expected a value, found none")]
    [InlineData("image,question,answer\na.jpg,What?,\n", "annotations.json, row 1 (line 2), column 'answer': expected a value, found none")]
    [InlineData("image,question,answer\na.jpg,What?\n", "annotations.json: expected rows that match the header, found an error at or after line 2")]
    [InlineData("image,question,answer\na.jpg,What?,green,blue\n", "expected rows that match the header, found an error at or after line 2")]
    [InlineData("image,question,answer\na.jpg,\"What?,green\n", "expected rows that match the header, found an error at or after line 2")]
    [InlineData("id,image,question,answer\nq,a.jpg,What?,green\nq,a.jpg,What?,green\n", "annotations.json, row 2 (line 3): the sample 'q' occurs twice")]
    public async Task Read_MalformedFile_NamesFileRowAndColumn(string text, string expected) =>
        Assert.Contains(expected, await AnnotationFiles.RefusalAsync(AnnotationFormat.Csv, "all", ("annotations", text)), StringComparison.Ordinal);

    [Theory]
    [InlineData("image,question,answer\na,b,c\n", "annotations.json: expected a column 'choices', found image, question, answer")]
    [InlineData("image,question,answer,choices\na,b,c,d|e\n", "row 1 (line 2), column 'answer': expected one of the choices, found 'c'")]
    [InlineData("image,question,answer,choices\na,b,c,c\n", "column 'choices': expected at least 2 choices separated by '|', found 'c'")]
    [InlineData("image,question,answer,choices\na,b,c,c|\n", "column 'choices': expected at least 2 choices separated by '|', found 'c|'")]
    [InlineData("image,question,answer,choices\na,b,c,c|d|c\n", "column 'choices': expected unique choices, found a duplicate")]
    [InlineData("image,question,answer,choices\na,b,c,\n", "column 'choices': expected a value, found none")]
    public async Task Read_MalformedChoices_NamesRowAndColumn(string text, string expected) => Assert.Contains(
        expected, (await Assert.ThrowsAsync<PrerequisiteException>(() => ReadRankedAsync(text))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Read_RowOfSeveralMebibytes_IsRefused()
    {
        static string File(int length) => $"image,question,answer\na.jpg,\"{new string('x', length)}\",green\n";

        Assert.Equal(1 << 19, Assert.Single(await AnnotationFiles.ReadAsync(AnnotationFormat.Csv, "all", ("annotations", File(1 << 19)))).Question.Length);
        string refusal = await AnnotationFiles.RefusalAsync(AnnotationFormat.Csv, "all", ("annotations", File(1 << 22)));
        Assert.Contains("an error at or after line", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_BytesThatAreNotUtf8_AreRefused()
    {
        byte[] latin = Encoding.Latin1.GetBytes("image,question,answer\na.jpg,caf\u00e9?,green\n");

        var exception = await Assert.ThrowsAsync<PrerequisiteException>(
            () => AnnotationFiles.ReadBytesAsync(AnnotationFormat.Csv, "all", ("annotations", latin)));

        Assert.Contains("row 1 (line 2), column 'question': expected a string in UTF-8, found invalid bytes", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Open, RequestKind.Generate, "contains-label-any-case")]
    [InlineData(Ranked, RequestKind.Rank, "mean-likelihood-choice")]
    public async Task Define_FileWithoutDefinition_IsEvaluatedByDefaultsThatHold(string text, RequestKind request, string scorer)
    {
        BenchmarkDefinition definition = await CsvBenchmark.DefineAsync(
            new BenchmarkName("mine"),
            new AnnotationFile("questions.csv", new MemoryStream(Encoding.UTF8.GetBytes(text))),
            TestContext.Current.CancellationToken);

        Assert.Equal((request, scorer), (definition.Request, definition.Scorers["tinygptv"]));
        Assert.Equal(["."], definition.ImageFolders.Take(1));
        byte[] json = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(definition, EvaluationJson.Compact.ShapeOf<BenchmarkDefinition>());
        Assert.Equal(definition.Name, BenchmarkDefinitionReader.Read(json, "made").Name);
    }

    private static async Task<ImmutableArray<Sample>> ReadRankedAsync(string text) => await AnnotationReader.ReadAsync(
        AnnotationFiles.Definition(AnnotationFormat.Csv, "all") with { Request = RequestKind.Rank },
        role => role == "annotations" ? new AnnotationFile("annotations.json", new MemoryStream(Encoding.UTF8.GetBytes(text))) : null,
        TestContext.Current.CancellationToken);
}
