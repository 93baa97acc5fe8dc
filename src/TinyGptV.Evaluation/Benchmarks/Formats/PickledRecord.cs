using System.Globalization;

namespace TinyGptV.Evaluation.Benchmarks.Formats;

/// <summary>A dictionary of a pickle. Its fields are untrusted: what is not as expected is named with file and record.</summary>
/// <param name="file">The file's name.</param>
/// <param name="position">The 1-based position of the record of the file in which this one lies.</param>
/// <param name="path">Where it lies there, as the beginning of a field's name, for example <c>sentences[0].</c>; empty if it is that record.</param>
/// <param name="value">The value that should be a dictionary.</param>
internal sealed class PickledRecord(string file, int position, string path, object value)
{
    public string Text(string field) => Find(field) is string { Length: > 0 } text ? text : throw Malformed(field, "a text that is not empty");

    public string Identity(string field) => Find(field) is long number
        ? number.ToString(CultureInfo.InvariantCulture)
        : throw Malformed(field, "a whole number");

    public IEnumerable<PickledRecord> Records(string field) => Find(field) is List<object> items
        ? items.Select((item, i) => new PickledRecord(file, position, $"{path}{field}[{i}].", item))
        : throw Malformed(field, "a list of records");

    /// <summary>The error for a record that is wrong as a whole.</summary>
    public PrerequisiteException Malformed(string problem) =>
        new($"{file}, record {position}: {problem}. Get the file again, as the benchmark's README describes.");

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
