using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Evaluation.Statistics;

/// <summary>The scores of two runs on one sample.</summary>
/// <param name="Image">The sample's image.</param>
/// <param name="A">The score in the first run.</param>
/// <param name="B">The score in the second run.</param>
internal readonly record struct PairedScore(ImageReference Image, double A, double B)
{
    public double Change => B - A;
}
