using TinyGptV.Evaluation.Benchmarks;
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
            percent, PublishedDifference.Of(new Measurement("accuracy", samples, 0.5), published, samples, samples)!.PublishedHalfWidth * 100,
            tolerance: 0.005);

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

        Assert.Equal(larger, PublishedDifference.Of(measurement, 0.547, 1222, 1222)!.IsLarger);
    }

    [Fact]
    public void Difference_OfClusteredSamples_WidensThePublishedErrorByTheDesignEffectOfTheRun()
    {
        // Independent samples would give a standard error of 0.05 / sqrt(99/100); this run's is twice as large.
        var clustered = new Measurement("accuracy", 100, 0.5) { StandardError = 2 * Math.Sqrt(0.25 / 99), Interval = new Interval(0.3, 0.7) };
        PublishedDifference difference = PublishedDifference.Of(clustered, 0.3, 100, 20)!;

        Assert.Equal(4, difference.DesignEffect, precision: 12);
        Assert.Equal(2 * 1.959964 * Math.Sqrt(0.3 * 0.7 / 100), difference.PublishedHalfWidth, precision: 6);
        // Where nothing varies, the number of samples per image stands in.
        Assert.Equal(5, PublishedDifference.Of(new Measurement("accuracy", 100, 0) { StandardError = 0 }, 0.3, 100, 20)!.DesignEffect);
    }

    [Fact]
    public void Difference_AmongSeveral_IsHeldToHolmsLevel()
    {
        // Alone, 2.2 standard errors are significant, p = 0.0278; among five they are not.
        var ours = new Measurement("accuracy", 1222, 0.60) { Interval = new Interval(0.572, 0.628) };
        PublishedDifference none = PublishedDifference.Of(ours, 0.60, 1222, 1222)!;
        PublishedDifference alone = none with { Value = 2.2 * none.HalfWidth!.Value / 1.959964 };
        PublishedDifference amongFive = alone with { AdjustedPValue = 5 * alone.PValue };

        Assert.Equal(0.0278, alone.PValue!.Value, precision: 4);
        Assert.Equal((true, false, true), (alone.IsLarger, amongFive.IsLarger, amongFive.ExceedsError));
        var published = new PublishedResult { Source = "a paper", Accuracy = 0.6, Split = "test", Mode = "tinygptv" };
        string? described = new PublishedComparison(published, []) { Difference = amongFive }.DescribeDifference("VSR", ours);
        Assert.Contains("by chance (adjusted p = 0.1390), so it shows nothing", described, StringComparison.Ordinal);
    }

    [Fact]
    public void Difference_WithoutIntervalOrValue_ClaimsNothing()
    {
        Assert.Null(PublishedDifference.Of(new Measurement("accuracy", 10, 0.1), 0.9, 10, 10)!.IsLarger);
        Assert.Null(PublishedDifference.Of(new Measurement("accuracy", 0, null), 0.9, 10, 10));
    }
}
