using TinyGptV.Evaluation.Reports;
using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Tests.Reports;

public sealed class PublishedTablesTests
{
    [Fact]
    public void All_RowsHaveACellForEveryColumn() =>
        Assert.All(PublishedTables.All, table => Assert.All(table.Rows, row => Assert.Equal(table.Columns.Length, row.Cells.Length)));

    [Fact]
    public void Main_AveragesAreThoseOfTheCells_UnlessARemarkSaysOtherwise()
    {
        foreach (PublishedRow row in PublishedTables.Main.Rows.Where(row => row.Average is not null))
        {
            double mean = row.Cells.OfType<PublishedNumber>().Average(number => number.Value);
            bool differs = Math.Abs(mean - row.Average!.Value) > 0.000_11;
            Assert.True(differs == row.Average.Remark is { Mark: 'ᵇ' }, $"{row.Model} {row.Size}: {row.Average} is printed, {mean} is the mean.");
        }
    }

    [Fact]
    public void Remarks_AreThoseThatTheTableNeeds_InTheOrderOfTheirMarks() =>
        Assert.Equal(["ᵃᵇᶜᵈ", "ᶜᵈᵉᵍ", "ᶠ"], PublishedTables.All.Select(table => string.Concat(PublishedTables.RemarksOf(table).Select(remark => remark.Mark))));

    [Theory]
    [InlineData(0.547, 1222, 2.79)]
    [InlineData(0.389, 12578, 0.85)]
    [InlineData(0.447, 6316, 1.23)]
    [InlineData(0.378, 4319, 1.45)]
    [InlineData(0.540, 500, 4.37)]
    public void Difference_ErrorOfThePublishedNumbers_IsTheBinomialOne(double published, int samples, double percent) =>
        Assert.Equal(
            percent, PublishedDifference.Of(new Measurement("accuracy", samples, 0.5), published, samples)!.PublishedHalfWidth * 100, tolerance: 0.005);

    [Theory]
    [InlineData(0.50, true)]
    [InlineData(0.507, true)]
    [InlineData(0.515, false)]
    [InlineData(0.547, false)]
    [InlineData(0.579, false)]
    [InlineData(0.587, true)]
    public void Difference_IsHeldAgainstTheErrorsOfBoth(double ours, bool larger)
    {
        var measurement = new Measurement("accuracy", 1222, ours) { Interval = new Interval(ours - 0.028, ours + 0.028) };

        Assert.Equal(larger, PublishedDifference.Of(measurement, 0.547, 1222)!.IsLarger);
    }

    [Fact]
    public void Difference_WithoutIntervalOrValue_ClaimsNothing()
    {
        Assert.Null(PublishedDifference.Of(new Measurement("accuracy", 10, 0.1), 0.9, 10)!.IsLarger);
        Assert.Null(PublishedDifference.Of(new Measurement("accuracy", 0, null), 0.9, 10));
    }
}
