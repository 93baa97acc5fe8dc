using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Evaluation.Scoring;

/// <summary>Intersection over union of two boxes.</summary>
internal static class BoxOverlap
{
    /// <summary>The overlap of a box, in percent of the image's sides, with the true box.</summary>
    /// <param name="corners">Left, top, right, bottom in percent.</param>
    /// <param name="truth">The true box.</param>
    /// <param name="lastPixel">1 if boxes include their last pixel, 0 if coordinates are continuous.</param>
    /// <returns>The overlap; NaN, which passes no threshold, if both boxes are empty.</returns>
    public static double Of(ImmutableArray<int> corners, ReferenceBox truth, int lastPixel)
    {
        (double left, double top) = (corners[0] / 100.0 * truth.ImageWidth, corners[1] / 100.0 * truth.ImageHeight);
        (double right, double bottom) = (corners[2] / 100.0 * truth.ImageWidth, corners[3] / 100.0 * truth.ImageHeight);
        (double trueRight, double trueBottom) = (truth.X + truth.Width, truth.Y + truth.Height);
        double shared = Math.Max(0, Math.Min(right, trueRight) - Math.Max(left, truth.X) + lastPixel)
            * Math.Max(0, Math.Min(bottom, trueBottom) - Math.Max(top, truth.Y) + lastPixel);
        double area = (right - left + lastPixel) * (bottom - top + lastPixel);
        double trueArea = (trueRight - truth.X + lastPixel) * (trueBottom - truth.Y + lastPixel);
        return shared / (area + trueArea - shared);
    }
}
