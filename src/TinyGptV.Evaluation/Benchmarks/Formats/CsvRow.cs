using System.Collections.Immutable;

namespace TinyGptV.Evaluation.Benchmarks.Formats;

/// <summary>One row of a CSV file. Its fields are untrusted; errors name file, row and column.</summary>
/// <param name="file">The file's name.</param>
/// <param name="columns">The column names in file order.</param>
/// <param name="values">The row's values, one per column.</param>
/// <param name="number">The row's 1-based number, not counting the header.</param>
/// <param name="line">The 1-based line it starts on.</param>
internal sealed class CsvRow(string file, ImmutableArray<string> columns, ImmutableArray<string> values, long number, long line)
{
    public long Number => number;

    /// <summary>The value of a column; null if the column is missing or empty.</summary>
    public string? OptionalText(string column) =>
        columns.IndexOf(column, StringComparer.OrdinalIgnoreCase) is >= 0 and var index && values[index].Length > 0 ? values[index] : null;

    public string Text(string column) => OptionalText(column) ?? throw Malformed(column, "expected a value, found none");

    /// <summary>The error for a malformed value.</summary>
    public PrerequisiteException Malformed(string column, string problem) =>
        new($"{file}, row {number} (line {line}), column '{column}': {problem}. Correct the file.");

    /// <summary>The error for a malformed row.</summary>
    public PrerequisiteException Malformed(string problem) => new($"{file}, row {number} (line {line}): {problem}. Correct the file.");
}
