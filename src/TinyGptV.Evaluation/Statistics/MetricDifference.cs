namespace TinyGptV.Evaluation.Statistics;

/// <summary>The test behind a paired p-value.</summary>
public enum PairedTest
{
    /// <summary>McNemar's exact test, for scores of 0 or 1 and one sample per image.</summary>
    McNemar,

    /// <summary>The exact sign-flip test over images, for scores of 0 or 1 and images with several samples.</summary>
    SignFlips,

    /// <summary>The paired bootstrap over images, for graded scores or metrics other than means.</summary>
    Bootstrap,
}

/// <summary>One metric in two runs over the same samples.</summary>
public sealed record MetricDifference
{
    /// <summary>The metric's name.</summary>
    public required string Metric { get; init; }

    /// <summary>The scale of its values.</summary>
    public MeasurementScale Scale { get; init; } = MeasurementScale.Fraction;

    /// <summary>How many samples are compared.</summary>
    public required int Samples { get; init; }

    /// <summary>How many images they use.</summary>
    public required int Images { get; init; }

    /// <summary>The value of the first run over these samples; null if none.</summary>
    public double? A { get; init; }

    /// <summary>The value of the second run.</summary>
    public double? B { get; init; }

    /// <summary>The second value less the first.</summary>
    public double? Difference { get; init; }

    /// <summary>The standard error of the difference, clustered by image; null if unknown.</summary>
    public double? StandardError { get; init; }

    /// <summary>The 95 % confidence interval of the difference; null if unknown.</summary>
    public Interval? Interval { get; init; }

    /// <summary>The test behind <see cref="PValue"/>; null if none.</summary>
    public PairedTest? Test { get; init; }

    /// <summary>The probability of a difference at least this large if the runs were equally good; null if unknown.</summary>
    public double? PValue { get; init; }

    /// <summary><see cref="PValue"/> adjusted for the number of benchmarks by Holm's method; null for all but the main metric.</summary>
    public double? AdjustedPValue { get; init; }

    /// <summary>The p-value of McNemar's exact test, which assumes independent samples; null for graded scores.</summary>
    public double? McNemarPValue { get; init; }

    /// <summary>How many samples the second run scored higher; null if the metric is not a mean.</summary>
    public int? Better { get; init; }

    /// <summary>How many samples the second run scored lower.</summary>
    public int? Worse { get; init; }

    /// <summary>How many samples both runs scored the same.</summary>
    public int? Same { get; init; }

    /// <summary>The smallest true difference that these samples detect with 80 % power; null if unknown.</summary>
    public double? Detectable { get; init; }

    /// <summary>Why there is no comparison, in a few words; null if there is one, or if there are no samples.</summary>
    public string? Unavailable { get; init; }
}
