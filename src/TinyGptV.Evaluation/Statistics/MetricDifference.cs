namespace TinyGptV.Evaluation.Statistics;

/// <summary>How a paired p-value was found.</summary>
public enum PairedTest
{
    /// <summary>McNemar's exact test: scores are 0 or 1, and every image has one sample.</summary>
    McNemar,

    /// <summary>The exact test that flips the changes of whole images: scores are 0 or 1, and some images have several samples.</summary>
    SignFlips,

    /// <summary>The paired bootstrap over images: scores are graded, or the metric is no mean.</summary>
    Bootstrap,
}

/// <summary>One metric in two runs over the same samples.</summary>
public sealed record MetricDifference
{
    /// <summary>The metric's name.</summary>
    public required string Metric { get; init; }

    /// <summary>How its values are to be read.</summary>
    public MeasurementScale Scale { get; init; } = MeasurementScale.Fraction;

    /// <summary>How many samples are compared.</summary>
    public required int Samples { get; init; }

    /// <summary>How many images they are about.</summary>
    public required int Images { get; init; }

    /// <summary>The value of the first run over these samples; null if there is none.</summary>
    public double? A { get; init; }

    /// <summary>The value of the second run.</summary>
    public double? B { get; init; }

    /// <summary>The second value less the first.</summary>
    public double? Difference { get; init; }

    /// <summary>The standard error of the difference, samples about one image counted as one draw; null if it is not known.</summary>
    public double? StandardError { get; init; }

    /// <summary>Where the difference on all such samples lies with a confidence of 95 %; null if it is not known.</summary>
    public Interval? Interval { get; init; }

    /// <summary>How <see cref="PValue"/> was found; null if there is none.</summary>
    public PairedTest? Test { get; init; }

    /// <summary>How likely a difference as large would be if the two runs were equally good; null if it is not known.</summary>
    public double? PValue { get; init; }

    /// <summary><see cref="PValue"/> allowing for the number of benchmarks, by Holm's method; null for metrics that a benchmark is not compared by.</summary>
    public double? AdjustedPValue { get; init; }

    /// <summary>The p-value of McNemar's exact test, which takes all samples to be independent; null where scores are graded.</summary>
    public double? McNemarPValue { get; init; }

    /// <summary>How many samples the second run scored higher; null if the metric is no mean of samples.</summary>
    public int? Better { get; init; }

    /// <summary>How many samples the second run scored lower.</summary>
    public int? Worse { get; init; }

    /// <summary>How many samples both runs scored the same.</summary>
    public int? Same { get; init; }

    /// <summary>The smallest true difference that these samples would have shown with a probability of 80 %; null if it is not known.</summary>
    public double? Detectable { get; init; }

    /// <summary>Why there is no comparison, in a few words; null if there is one, or no sample.</summary>
    public string? Unavailable { get; init; }
}
