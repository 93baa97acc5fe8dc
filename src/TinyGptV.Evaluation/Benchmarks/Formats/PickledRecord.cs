using System.Globalization;

namespace TinyGptV.Evaluation.Benchmarks.Formats;

/// <summary>A dictionary of a pickle. Its fields are untrusted; errors name file and record.</summary>
/// <param name="file">The file's name.</param>
/// <param name="position">The 1-based position of the top-level record.</param>
/// <param name="path">The path within that record, for example <c>sentences[0].</c>; empty for the record itself.</param>
/// <param name="value">The value, expected to be a dictionary.</param>
internal sealed class PickledRecord(string file, int position, string path, object value)
{
    public string Text(string field) => Find(field) is string { Length: > 0 } text ? text : throw Malformed(field, "a non-empty string");

    public string Identity(string field) => Find(field) is long number
        ? number.ToString(CultureInfo.InvariantCulture)
        : throw Malformed(field, "an integer");

    public IEnumerable<PickledRecord> Records(string field) => Find(field) is List<object> items
        ? items.Select((item, i) => new PickledRecord(file, position, $"{path}{field}[{i}].", item))
        : throw Malformed(field, "a list of records");

    /// <summary>The error for a malformed record.</summary>
    public PrerequisiteException Malformed(string problem) =>
        new($"{file}, record {position}: {problem}. Download the file again; see the benchmark's README.");

    private PrerequisiteException Malformed(string field, string expected) =>
        Malformed($"field '{path}{field}': expected {expected}, found {Describe(Find(field))}");

    private object? Find(string field) => value is PickledFields fields
        ? fields.GetValueOrDefault(field)
        : throw Malformed($"{(path.Length == 0 ? "" : $"field '{path.TrimEnd('.')}': ")}expected a dictionary, found {Describe(value)}");

    private static string Describe(object? found) => found switch
    {
        null => "no such field",
        string text => $"'{(text.Length <= 60 ? text : text[..60] + "...")}'",
        List<object> => "a list",
        PickledFields => "a dictionary",
        _ => Convert.ToString(found, CultureInfo.InvariantCulture)!,
    };
}
