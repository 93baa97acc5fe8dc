using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace TinyGptV.Evaluation.Benchmarks.Formats;

/// <summary>One record of an annotation file. Its fields are untrusted; errors name file and record.</summary>
/// <param name="file">The file's name.</param>
/// <param name="layout">The layout of the file.</param>
/// <param name="key">The record's key, if any.</param>
/// <param name="position">The record's 1-based position in the file.</param>
/// <param name="line">The 1-based line it starts on.</param>
/// <param name="value">The record.</param>
internal sealed class AnnotationRecord(string file, RecordLayout layout, string? key, int position, int line, JsonElement value)
{
    /// <summary>The path of a nested record, a prefix of field names such as <c>answers[2].</c>; empty for a top-level record.</summary>
    private string Path { get; init; } = "";

    public string Key => key ?? throw new InvalidOperationException("The records of this file have no keys.");

    public int Position => position;

    public int Line => line;

    private string Place => layout switch
    {
        RecordLayout.Keyed => $"record '{key}'",
        RecordLayout.List or RecordLayout.Member => $"record {position} (line {line})",
        _ => $"line {line}",
    };

    /// <summary>Whether the record has the field with a value other than null.</summary>
    public bool Has(string field) => Find(field) is { ValueKind: not JsonValueKind.Null };

    public string Text(string field) => TextOf(Needed(field), field) is { } text && text.Length > 0
        ? text
        : throw Malformed(field, "a non-empty string", Find(field));

    /// <summary>A string that may be empty.</summary>
    public string TextOrEmpty(string field) => TextOf(Needed(field), field) ?? throw Malformed(field, "a string", Find(field));

    public string? OptionalText(string field) => Has(field) ? TextOrEmpty(field) : null;

    /// <summary>An id: a string, or an integer as digits.</summary>
    public string Identity(string field) => OptionalIdentity(field) ?? throw Malformed(field, "a string or an integer", Find(field));

    public string? OptionalIdentity(string field) => Find(field) switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt64(out long integer) => integer.ToString(CultureInfo.InvariantCulture),
        { } other => TextOf(other, field) is { Length: > 0 } text ? text : throw Malformed(field, "a string or an integer", other),
    };

    /// <summary>An integer from 0 to <paramref name="last"/>.</summary>
    public int Index(string field, int last) =>
        Needed(field) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out int index) && index >= 0 && index <= last
            ? index
            : throw Malformed(field, $"an integer from 0 to {last}", Find(field));

    public bool? OptionalFlag(string field) => Find(field) switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } other => throw Malformed(field, "true or false", other),
    };

    /// <summary>A positive integer.</summary>
    public int Size(string field) =>
        Index(field, int.MaxValue) is var size and > 0 ? size : throw Malformed(field, "a positive integer", Find(field));

    /// <summary>Exactly <paramref name="count"/> numbers, each at least <paramref name="least"/>.</summary>
    public ImmutableArray<double> Numbers(string field, int count, double least)
    {
        JsonElement list = Needed(field);
        ImmutableArray<double> numbers =
            list.ValueKind is JsonValueKind.Array ? [.. list.EnumerateArray().Select(NumberOf).TakeWhile(number => number >= least)] : [];
        return numbers.Length == count && list.GetArrayLength() == count
            ? numbers
            : throw Malformed(field, string.Create(CultureInfo.InvariantCulture, $"a list of {count} numbers, each at least {least}"), list);
    }

    /// <summary>The records of a nested list.</summary>
    public IEnumerable<AnnotationRecord> Records(string field) => Needed(field) is { ValueKind: JsonValueKind.Array } list
        ? list.EnumerateArray().Select((item, i) => new AnnotationRecord(file, layout, key, position, line, item) { Path = $"{Path}{field}[{i}]." })
        : throw Malformed(field, "a list of records", Find(field));

    /// <summary>The record itself as a list of records.</summary>
    public IEnumerable<AnnotationRecord> AsRecords() => value.ValueKind is JsonValueKind.Array
        ? value.EnumerateArray().Select((item, i) => new AnnotationRecord(file, layout, key, position, line, item) { Path = $"[{i}]." })
        : throw Malformed(null, "a list of records", value);

    /// <summary>The strings of this record by field.</summary>
    public Dictionary<string, string> AsMap()
    {
        if (value.ValueKind is not JsonValueKind.Object)
            throw Malformed(null, "an object with string values", value);
        Dictionary<string, string> map = [];
        foreach (JsonProperty property in value.EnumerateObject())
        {
            string text = TextOf(property.Value, property.Name) ?? throw Malformed(property.Name, "a string", property.Value);
            if (!map.TryAdd(property.Name, text))
                throw Malformed($"field '{property.Name}' occurs twice");
        }

        return map;
    }

    /// <summary>The nested record of a field.</summary>
    public AnnotationRecord Nested(string field) => Needed(field) is { ValueKind: JsonValueKind.Object } nested
        ? new AnnotationRecord(file, layout, key, position, line, nested) { Path = $"{Path}{field}." }
        : throw Malformed(field, "an object", Find(field));

    /// <summary>The ids of this record by field, in file order, duplicates included.</summary>
    public IEnumerable<(string Field, string Value)> Identities()
    {
        if (value.ValueKind is not JsonValueKind.Object)
            throw Malformed(null, "an object with string or integer values", value);
        return value.EnumerateObject().Select(property => (property.Name, property.Value.ValueKind is JsonValueKind.String
            ? TextOf(property.Value, property.Name)!
            : property.Value.ValueKind is JsonValueKind.Number && property.Value.TryGetInt64(out long number)
                ? number.ToString(CultureInfo.InvariantCulture)
                : throw Malformed(property.Name, "a string or an integer", property.Value)));
    }

    /// <summary>Finite numbers by name; null if the field is missing.</summary>
    public ImmutableSortedDictionary<string, double>? OptionalNumbers(string field)
    {
        if (!Has(field))
            return null;
        return Needed(field) is { ValueKind: JsonValueKind.Object } map
            ? map.EnumerateObject().ToImmutableSortedDictionary(property => property.Name, property => FiniteNumber(field, property))
            : throw Malformed(field, "an object with number values", Find(field));
    }

    /// <summary>
    /// The first text below each item of a list, however deep the lists are nested: harnesses wrap responses in one or two lists, or in none. Numbers
    /// and booleans are kept as written, null is empty, and a pair of a number and a boolean gives the number.
    /// </summary>
    public ImmutableArray<string> FirstTexts(string field) => Needed(field) switch
    {
        { ValueKind: JsonValueKind.Array } list when IsPairOf(list) => [FirstText(list[0], field)],
        { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray().Where(HasText).Select(item => FirstText(item, field))],
        var text => [FirstText(text, field)],
    };

    /// <summary>Whether a field holds the number and the boolean of one choice, in any number of lists.</summary>
    public bool IsPair(string field) => Find(field) is { } list && IsPairOf(Unwrapped(list));

    /// <summary>
    /// All texts of a field: a string, the strings of a list, or <c>text</c> and <c>content</c> of its records, as in chat messages. None if missing.
    /// </summary>
    public IEnumerable<string> AllTexts(string field) => Find(field) is { } found ? TextsBelow(found, field) : [];

    /// <summary>A list of strings; numbers are kept as written.</summary>
    public ImmutableArray<string> Texts(string field) => TextsOf(Needed(field), field);

    /// <summary>The record itself as a list of strings.</summary>
    public ImmutableArray<string> AsTexts() => TextsOf(value, null);

    /// <summary>The string under a path of two fields; null if missing.</summary>
    public string? OptionalText(string outer, string inner) =>
        Find(outer) is { ValueKind: JsonValueKind.Object } nested
        && nested.TryGetProperty(inner, out JsonElement text) && text.ValueKind is not JsonValueKind.Null
            ? TextOf(text, $"{outer}.{inner}") ?? throw Malformed($"{outer}.{inner}", "a string", text)
            : null;

    /// <summary>The error for a malformed record.</summary>
    public PrerequisiteException Malformed(string problem) =>
        new($"{file}, {Place}: {problem}. Download the file again (see the benchmark's README), or fix the record.");

    /// <summary>The error for a record of a split without published answers.</summary>
    public PrerequisiteException WithoutTruth(string field) =>
        new($"{file}, {Place}: no field '{field}'. Test splits are published without it and cannot be scored; "
            + "use the file of another split in benchmark.json.");

    private PrerequisiteException Malformed(string? field, string expected, JsonElement? found) =>
        Malformed($"{Named(field)}expected {expected}, found {Describe(found)}");

    private string Named(string? field) => (Path + field).TrimEnd('.') is { Length: > 0 } name ? $"field '{name}': " : "";

    private double FiniteNumber(string field, JsonProperty property) => NumberOf(property.Value) is var number && double.IsFinite(number)
        ? number
        : throw Malformed($"{field}.{property.Name}", "a number", property.Value);

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
            throw Malformed(field, "a list of strings", list);
        return [.. list.EnumerateArray().Select(item => item.ValueKind is JsonValueKind.Number
            ? item.GetRawText()
            : TextOf(item, field) ?? throw Malformed(field, "a list of strings", item))];
    }

    private static JsonElement Unwrapped(JsonElement list)
    {
        while (list.ValueKind is JsonValueKind.Array && list.GetArrayLength() == 1)
            list = list[0];
        return list;
    }

    private static bool IsPairOf(JsonElement list) => list.ValueKind is JsonValueKind.Array && list.GetArrayLength() == 2
        && list[0].ValueKind is JsonValueKind.String or JsonValueKind.Number
        && (list[1].ValueKind is JsonValueKind.True or JsonValueKind.False
            || (list[1].ValueKind is JsonValueKind.String && (list[1].ValueEquals("True"u8) || list[1].ValueEquals("False"u8))));

    private static bool HasText(JsonElement item) => item.ValueKind is not JsonValueKind.Array || item.EnumerateArray().Any(HasText);

    private string FirstText(JsonElement item, string field)
    {
        while (item.ValueKind is JsonValueKind.Array)
            item = item.EnumerateArray().First(HasText);
        return item.ValueKind switch
        {
            JsonValueKind.Null => "",
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => item.GetRawText(),
            _ => TextOf(item, field) ?? throw Malformed(field, "a list of lists of strings", item),
        };
    }

    private IEnumerable<string> TextsBelow(JsonElement found, string field) => found.ValueKind switch
    {
        JsonValueKind.String => [TextOf(found, field)!],
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => [found.GetRawText()],
        JsonValueKind.Array => found.EnumerateArray().SelectMany(item => TextsBelow(item, field)),
        JsonValueKind.Object => found.EnumerateObject().Where(one => one.Name is "text" or "content").SelectMany(one => TextsBelow(one.Value, field)),
        _ => [],
    };

    private string? TextOf(JsonElement element, string? field)
    {
        try
        {
            return element.ValueKind is JsonValueKind.String ? element.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            throw Malformed($"{Named(field)}expected a string in UTF-8, found invalid bytes");
        }
    }

    private static double NumberOf(JsonElement element) =>
        element.ValueKind is JsonValueKind.Number && double.IsFinite(element.GetDouble()) ? element.GetDouble() : double.NaN;

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
