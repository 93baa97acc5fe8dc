using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace TinyGptV.Evaluation.Benchmarks;

/// <summary>One record of an annotation file. Its fields are untrusted: what is not as expected is named with file and record.</summary>
/// <param name="file">The file's name.</param>
/// <param name="layout">How records lie in the file.</param>
/// <param name="key">The record's key, if records are keyed.</param>
/// <param name="position">The record's 1-based position among all records.</param>
/// <param name="line">The 1-based line on which it begins.</param>
/// <param name="value">The record.</param>
internal sealed class AnnotationRecord(string file, RecordLayout layout, string? key, int position, int line, JsonElement value)
{
    public string Key => key ?? throw new InvalidOperationException("The records of this file have no keys.");

    public int Position => position;

    public int Line => line;

    private string Place => layout switch
    {
        RecordLayout.Keyed => $"record '{key}'",
        RecordLayout.List => $"record {position} (line {line})",
        _ => $"line {line}",
    };

    public string Text(string field) => TextOf(Needed(field), field) is { } text && text.Length > 0
        ? text
        : throw Malformed(field, "a text that is not empty", Find(field));

    /// <summary>An identity: a text, or a whole number as its digits.</summary>
    public string Identity(string field) => OptionalIdentity(field) ?? throw Malformed(field, "a text or a whole number", Find(field));

    public string? OptionalIdentity(string field) => Find(field) switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt64(out long integer) => integer.ToString(CultureInfo.InvariantCulture),
        { } other => TextOf(other, field) is { Length: > 0 } text ? text : throw Malformed(field, "a text or a whole number", other),
    };

    /// <summary>A whole number from 0 to <paramref name="last"/>.</summary>
    public int Index(string field, int last) =>
        Needed(field) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out int index) && index >= 0 && index <= last
            ? index
            : throw Malformed(field, $"a whole number from 0 to {last}", Find(field));

    /// <summary>A list of texts; numbers are taken as they are written.</summary>
    public ImmutableArray<string> Texts(string field) => TextsOf(Needed(field), field);

    /// <summary>The record itself as a list of texts.</summary>
    public ImmutableArray<string> AsTexts() => TextsOf(value, null);

    /// <summary>The text under a path of fields, or null if the path ends early.</summary>
    public string? OptionalText(string outer, string inner) =>
        Find(outer) is { ValueKind: JsonValueKind.Object } nested && nested.TryGetProperty(inner, out JsonElement text) && text.ValueKind is not JsonValueKind.Null
            ? TextOf(text, $"{outer}.{inner}") ?? throw Malformed($"{outer}.{inner}", "a text", text)
            : null;

    /// <summary>The error for a record that is wrong as a whole.</summary>
    public PrerequisiteException Malformed(string problem) =>
        new($"{file}, {Place}: {problem}. Get the file again, as the benchmark's README describes, or mend the record.");

    private PrerequisiteException Malformed(string? field, string expected, JsonElement? found) =>
        Malformed($"{(field is null ? "" : $"field '{field}': ")}expected {expected}, found {Describe(found)}");

    private JsonElement Needed(string field) => Find(field) ?? throw Malformed(field, "a value", null);

    private JsonElement? Find(string field)
    {
        if (value.ValueKind is not JsonValueKind.Object)
            throw Malformed(null, "an object with the fields of a sample", value);
        return value.TryGetProperty(field, out JsonElement found) ? found : null;
    }

    private ImmutableArray<string> TextsOf(JsonElement list, string? field)
    {
        if (list.ValueKind is not JsonValueKind.Array)
            throw Malformed(field, "a list of texts", list);
        return [.. list.EnumerateArray().Select(item => item.ValueKind is JsonValueKind.Number
            ? item.GetRawText()
            : TextOf(item, field) ?? throw Malformed(field, "a list of texts", item))];
    }

    private string? TextOf(JsonElement element, string? field)
    {
        try
        {
            return element.ValueKind is JsonValueKind.String ? element.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            throw Malformed($"{(field is null ? "" : $"field '{field}': ")}expected a text in UTF-8, found bytes that are not");
        }
    }

    private static string Describe(JsonElement? found) => found switch
    {
        null => "no such field",
        { ValueKind: JsonValueKind.Object } => "an object",
        { ValueKind: JsonValueKind.Array } => "a list",
        { ValueKind: JsonValueKind.String } text => Shorten(text.GetRawText()),
        { } other => Shorten(other.GetRawText()),
    };

    private static string Shorten(string text) => text.Length <= 60 ? text : text[..60] + "...";
}
