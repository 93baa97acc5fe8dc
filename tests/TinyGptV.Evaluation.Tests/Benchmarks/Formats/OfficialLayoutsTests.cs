using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Evaluation.Tests.Benchmarks.Formats;

/// <summary>Tests every reader with a miniature of each layout of its format, intact and damaged in typical ways.</summary>
public sealed class OfficialLayoutsTests
{
    public static TheoryData<string> Names => [.. OfficialLayouts.All.Select(layout => layout.Name)];

    public static TheoryData<string, string> NeededFields =>
        [.. OfficialLayouts.All.SelectMany(layout => layout.Needed, (layout, needed) => new TheoryDataRow<string, string>(layout.Name, needed))];

    [Fact]
    public void All_EveryFormatOfJson_HasALayout() => Assert.Equal(
        Enum.GetValues<AnnotationFormat>().Except([AnnotationFormat.Csv]).Order(),
        OfficialLayouts.All.Select(layout => layout.Format).Distinct().Order());

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Read_Miniature_GivesEverySampleOnce(string name)
    {
        OfficialLayout layout = Layout(name);

        ImmutableArray<Sample> samples = await layout.ReadAsync(layout.Text());

        Assert.Equal(layout.Records.Length, samples.Length);
        Assert.Equal(samples.Length, samples.Select(sample => sample.Id).Distinct().Count());
        Assert.All(samples, sample => Assert.NotEmpty(sample.Image.Path));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Read_ByteOrderMarkLineEndsAndWhiteSpace_ChangeNothing(string name)
    {
        OfficialLayout layout = Layout(name);
        string expected = Flat(await layout.ReadAsync(layout.Text()));

        string plain = layout.Text(), windows = plain.ReplaceLineEndings("\r\n");
        foreach (string text in new[] { "\uFEFF" + plain, windows + "\r\n", plain + "\n\n", "\uFEFF" + windows })
            Assert.Equal(expected, Flat(await layout.ReadAsync(text)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Read_UnknownFields_AreIgnored(string name)
    {
        OfficialLayout layout = Layout(name);

        Assert.Equal(
            Flat(await layout.ReadAsync(layout.Text())),
            Flat(await layout.ReadAsync(layout.WithField("something_new", JsonNode.Parse("""{"a": [1, null]}""")))));
    }

    [Theory]
    [MemberData(nameof(NeededFields))]
    public async Task Read_FieldIsAbsentNullOrOfAnotherKind_IsNamedWithFileAndRecord(string name, string field)
    {
        OfficialLayout layout = Layout(name);
        string[] damaged =
        [
            layout.WithField(field, null, remove: true),
            layout.WithField(field, null),
            layout.WithField(field, JsonNode.Parse("""{"nested": "object"}""")),
            layout.WithField(field, JsonValue.Create(true)),
            layout.WithField(field, JsonValue.Create(-1.5)),
        ];

        foreach (string text in damaged)
        {
            string refusal = await RefusalAsync(layout, text);
            Assert.StartsWith($"{layout.Role}.json, ", refusal, StringComparison.Ordinal);
            Assert.Contains(layout.SecondRecord, refusal, StringComparison.Ordinal);
            Assert.Contains($"'{field}", refusal, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Read_RecordThatIsNoObject_IsNamedWithFileAndPlace(string name)
    {
        OfficialLayout layout = Layout(name);

        foreach (string record in new[] { "7", "null", "\"text\"", "[]" })
        {
            string refusal = await RefusalAsync(layout, layout.Text(layout.Records.SetItem(1, (layout.Records[1].Key, record))));
            Assert.StartsWith($"{layout.Role}.json, ", refusal, StringComparison.Ordinal);
            Assert.Contains(layout.SecondRecord, refusal, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Read_RepeatedRecord_IsRefusedIfRecordsHaveIds(string name)
    {
        OfficialLayout layout = Layout(name);
        string text = layout.Text(layout.Records.Add(layout.Records[0]));

        if (layout.HasIds)
            Assert.Matches("occurs twice", await RefusalAsync(layout, text));
        else
            Assert.Equal(layout.Records.Length + 1, (await layout.ReadAsync(text)).Length);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Read_FileCutOffAnywhere_IsRefusedUnlessWholeLinesAreLeft(string name)
    {
        OfficialLayout layout = Layout(name);
        byte[] whole = Encoding.UTF8.GetBytes(layout.Text());

        for (int length = 0; length < whole.Length; length++)
        {
            byte[] cut = whole[..length];
            if (layout.Shape is MiniatureShape.Lines && IsWholeLine(cut))
                continue;
            var exception = await Assert.ThrowsAsync<PrerequisiteException>(() => ReadBytesAsync(layout, cut));
            Assert.StartsWith($"{layout.Role}.json: expected JSON", exception.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Read_BytesThatAreNotUtf8_AreRefusedWithTheFile(string name)
    {
        OfficialLayout layout = Layout(name);
        // The last letter of the last string of the second record.
        byte[] bytes = Encoding.UTF8.GetBytes(layout.Text());
        string field = layout.Needed.Append("question_type").First(
            candidate => JsonNode.Parse(layout.Records[1].Json)![candidate]!.GetValueKind() is JsonValueKind.String);
        int position = Encoding.UTF8.GetString(bytes).LastIndexOf($"\"{field}\"", StringComparison.Ordinal) + field.Length + 5;
        bytes[position] = 0xFF;

        var exception = await Assert.ThrowsAsync<PrerequisiteException>(() => ReadBytesAsync(layout, bytes));

        Assert.StartsWith($"{layout.Role}.json", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Read_NoRecords_IsRefused(string name)
    {
        OfficialLayout layout = Layout(name);

        string role = (layout.Shape, layout.Role) switch
        {
            (MiniatureShape.Member, "annotations") => "questions",
            (_, "questions") => "annotations",
            _ => layout.Role,
        };
        Assert.StartsWith($"{role}.json", await RefusalAsync(layout, layout.Text([])), StringComparison.Ordinal);
    }

    private static bool IsWholeLine(byte[] cut)
    {
        try
        {
            string last = Encoding.UTF8.GetString(cut).TrimEnd().Split('\n')[^1];
            using JsonDocument document = JsonDocument.Parse(last);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static OfficialLayout Layout(string name) => OfficialLayouts.All.Single(layout => layout.Name == name);

    private static async Task<string> RefusalAsync(OfficialLayout layout, string text) =>
        (await Assert.ThrowsAsync<PrerequisiteException>(() => layout.ReadAsync(text))).Message;

    private static Task<ImmutableArray<Sample>> ReadBytesAsync(OfficialLayout layout, byte[] content) => AnnotationFiles.ReadBytesAsync(
        layout.Format, layout.Split, [(layout.Role, content), .. layout.Others.Select(other => (other.Role, Encoding.UTF8.GetBytes(other.Text)))]);

    private static string Flat(ImmutableArray<Sample> samples) => JsonSerializer.Serialize(samples, EvaluationJson.Compact.Options);
}
