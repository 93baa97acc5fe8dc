using System.Collections.Immutable;

namespace TinyGptV.Evaluation.Reports;

/// <summary>To which side the cells of a column are set.</summary>
public enum ColumnAlignment
{
    /// <summary>Texts.</summary>
    Left,

    /// <summary>Numbers.</summary>
    Right,
}

/// <summary>A column of a table.</summary>
/// <param name="Header">The text above it.</param>
/// <param name="Alignment">The side to which its cells are set.</param>
public sealed record ReportColumn(string Header, ColumnAlignment Alignment);

/// <summary>A table as it is shown in Markdown, on a terminal and in JSON.</summary>
public sealed record ReportTable
{
    /// <summary>What the table shows.</summary>
    public required string Title { get; init; }

    /// <summary>The columns.</summary>
    public required ImmutableArray<ReportColumn> Columns { get; init; }

    /// <summary>The rows, each with one cell for every column.</summary>
    public required ImmutableArray<ImmutableArray<string>> Rows { get; init; }

    /// <summary>The row of the run among those of others; null if no row stands out.</summary>
    public int? OwnRow { get; init; }

    /// <summary>What has to be said below it, one remark a line; null if nothing has.</summary>
    public string? Note { get; init; }
}
