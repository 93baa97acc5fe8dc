using System.Collections.Immutable;
using System.Globalization;
using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Evaluation.Reports;

/// <summary>A table of a paper with all its known rows; numbers are kept as printed.</summary>
/// <param name="Title">What the table shows, and its source.</param>
/// <param name="Columns">Its benchmarks, in the paper's order.</param>
/// <param name="Rows">Its rows, in the paper's order.</param>
/// <param name="HasAverages">Whether the paper prints an average of each row.</param>
internal sealed record PublishedTable(string Title, ImmutableArray<PublishedColumn> Columns, ImmutableArray<PublishedRow> Rows, bool HasAverages);

/// <summary>A benchmark's column of a published table.</summary>
/// <param name="Benchmark">The benchmark.</param>
/// <param name="Title">Its name in the paper.</param>
internal sealed record PublishedColumn(BenchmarkName Benchmark, string Title);

/// <summary>A model's row of a published table.</summary>
/// <param name="Model">The model.</param>
/// <param name="Size">The parameters of its language model.</param>
/// <param name="Cells">One for each column; null where the paper has none.</param>
/// <param name="Average">The average as printed; null if none.</param>
internal sealed record PublishedRow(string Model, string Size, ImmutableArray<PublishedNumber?> Cells, PublishedNumber? Average);

/// <summary>A printed number.</summary>
/// <param name="Printed">The digits as printed, in percent.</param>
/// <param name="Remark">Its footnote; null if none.</param>
internal sealed record PublishedNumber(string Printed, PublishedRemark? Remark)
{
    /// <summary>The value as a fraction of 1.</summary>
    public double Value { get; } = (double)(decimal.Parse(Printed, CultureInfo.InvariantCulture) / 100);

    /// <inheritdoc />
    public override string ToString() => Printed + Remark?.Mark;
}

/// <summary>A footnote to a printed number.</summary>
/// <param name="Mark">The raised letter after the number.</param>
/// <param name="Text">The text, one sentence.</param>
internal sealed record PublishedRemark(char Mark, string Text);
