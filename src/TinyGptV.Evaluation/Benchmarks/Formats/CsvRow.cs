using System.Collections.Immutable;

namespace TinyGptV.Evaluation.Benchmarks.Formats;

/// <summary>One row of a CSV file. Its fields are untrusted: what is not as expected is named with file, row and column.</summary>
/// <param name="file">The file's name.</param>
/// <param name="columns">The columns' names in file order.</param>
/// <param name="values">The row's values, as many as there are columns.</param>
/// <param name="number">The row's 1-based number; the header does not count.</param>
/// <param name="line">The 1-based line on which it begins.</param>
internal sealed class CsvRow(string file, ImmutableArray<string> columns, ImmutableArray<string> values, long number, long line)
{
    public long Number => number;

    /// <summary>The value of a column; null if there is no such column, or nothing in it.</summary>
    public string? OptionalText(string column) =>
        columns.IndexOf(column, StringComparer.OrdinalIgnoreCase) is >= 0 and var index && values[index].Length > 0 ? values[index] : null;

    public string Text(string column) => OptionalText(column) ?? throw Malformed(column, "expected a value, found none");

    /// <summary>The error for a value that is not as expected.</summary>
    public PrerequisiteException Malformed(string column, string problem) =>
        new($"{file}, row {number} (line {line}), column '{column}': {problem}. Correct the file.");

    /// <summary>The error for a row that is wrong as a whole.</summary>
    public PrerequisiteException Malformed(string problem) => new($"{file}, row {number} (line {line}): {problem}. Correct the file.");
}
