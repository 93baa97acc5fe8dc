using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Scoring;

namespace TinyGptV.Evaluation.Comparisons;

/// <summary>One sample in two runs.</summary>
/// <param name="A">The sample with its score in the first run.</param>
/// <param name="B">The sample with its score in the second run.</param>
public sealed record SamplePair(ScoredSample A, ScoredSample B)
{
    /// <summary>The sample in the first run.</summary>
    public Sample Sample => A.Prediction.Sample;

    /// <summary>The second score less the first.</summary>
    public double Change => B.Score.Value - A.Score.Value;

    /// <summary>Whether metrics of both runs include the sample.</summary>
    internal bool Counts => !A.Score.Excluded && !B.Score.Excluded;

    /// <summary>Whether question, answer and choices are the same in both runs.</summary>
    internal bool AsksTheSame => Sample is var a && B.Prediction.Sample is var b
        && a.Question == b.Question && a.Target == b.Target && a.Choices.AsSpan().SequenceEqual(b.Choices.AsSpan());
}
