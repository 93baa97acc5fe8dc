using System.Collections.Immutable;

namespace TinyGptV.Evaluation.Reports;

/// <summary>The alignment of a column's cells.</summary>
public enum ColumnAlignment
{
    /// <summary>For texts.</summary>
    Left,

    /// <summary>For numbers.</summary>
    Right,
}

/// <summary>A column of a table.</summary>
/// <param name="Header">The heading.</param>
/// <param name="Alignment">The alignment of its cells.</param>
public sealed record ReportColumn(string Header, ColumnAlignment Alignment);

/// <summary>A table for Markdown, the terminal and JSON.</summary>
public sealed record ReportTable
{
    /// <summary>What the table shows.</summary>
    public required string Title { get; init; }

    /// <summary>The columns.</summary>
    public required ImmutableArray<ReportColumn> Columns { get; init; }

    /// <summary>The rows, with one cell per column.</summary>
    public required ImmutableArray<ImmutableArray<string>> Rows { get; init; }

    /// <summary>The index of the run's own row; null if none.</summary>
    public int? OwnRow { get; init; }

    /// <summary>Footnotes, one per line; null if none.</summary>
    public string? Note { get; init; }

    /// <summary>Adds the footnote for intervals that should not be relied on, if a cell has their mark.</summary>
    internal ReportTable WithCaution() => !Rows.Any(row => row.Any(cell => cell.Contains(ReportNumber.CautionMark, StringComparison.Ordinal)))
        ? this
        : this with { Note = Note is null ? ReportNumber.CautionNote : $"{Note}\n{ReportNumber.CautionNote}" };
}
