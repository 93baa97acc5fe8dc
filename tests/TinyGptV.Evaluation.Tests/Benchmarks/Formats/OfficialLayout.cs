using System.Collections.Immutable;
using System.Text.Json.Nodes;
using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Evaluation.Tests.Benchmarks.Formats;

/// <summary>The file shape of a miniature.</summary>
public enum MiniatureShape
{
    List,
    Keyed,
    Lines,
    Member,
}

/// <summary>A miniature of an official layout. One of its files can be damaged record by record.</summary>
internal sealed record OfficialLayout
{
    public required string Name { get; init; }

    public required AnnotationFormat Format { get; init; }

    public required string Split { get; init; }

    /// <summary>The role of the damaged file.</summary>
    public string Role { get; init; } = "annotations";

    public required MiniatureShape Shape { get; init; }

    /// <summary>The property with the list of records, for <see cref="MiniatureShape.Member"/>.</summary>
    public string List { get; init; } = "";

    /// <summary>The records, at least two, in the order of the file.</summary>
    public required ImmutableArray<(string Key, string Json)> Records { get; init; }

    /// <summary>The required fields of a record.</summary>
    public required ImmutableArray<string> Needed { get; init; }

    /// <summary>Whether records have ids, so that duplicates can be detected.</summary>
    public bool HasIds { get; init; } = true;

    /// <summary>The other files.</summary>
    public ImmutableArray<(string Role, string Text)> Others { get; init; } = [];

    /// <summary>The name of the second record in messages.</summary>
    public string SecondRecord => Shape switch
    {
        MiniatureShape.Keyed => $"record '{Records[1].Key}'",
        MiniatureShape.Lines => "line 2",
        _ => "record 2 (line ",
    };

    public string Text() => Text(Records);

    public string Text(IEnumerable<(string Key, string Json)> records) => Shape switch
    {
        MiniatureShape.Keyed => "{" + string.Join(",\n", records.Select(record => $"\"{record.Key}\": {record.Json}")) + "}",
        MiniatureShape.Lines => string.Join('\n', records.Select(record => record.Json)),
        MiniatureShape.Member =>
                $"{{\"info\": {{\"{List}\": []}}, \"{List}\": [{string.Join(",\n", records.Select(record => record.Json))}], \"license\": {{}}}}",
        _ => "[" + string.Join(",\n", records.Select(record => record.Json)) + "]",
    };

    /// <summary>The file with a field of its second record removed or replaced.</summary>
    public string WithField(string field, JsonNode? value, bool remove = false)
    {
        JsonObject record = JsonNode.Parse(Records[1].Json)!.AsObject();
        if (remove)
            record.Remove(field);
        else
            record[field] = value?.DeepClone();
        return Text(Records.SetItem(1, (Records[1].Key, record.ToJsonString())));
    }

    public Task<ImmutableArray<Sample>> ReadAsync(string text) => AnnotationFiles.ReadAsync(Format, Split, [(Role, text), .. Others]);

    public override string ToString() => Name;
}
