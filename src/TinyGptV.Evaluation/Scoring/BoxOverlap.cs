using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Evaluation.Scoring;

/// <summary>The area that two boxes share, divided by the area that they cover together.</summary>
internal static class BoxOverlap
{
    /// <summary>The overlap of a box in percent of the image's sides with the true one.</summary>
    /// <param name="corners">Left, top, right, bottom in percent.</param>
    /// <param name="truth">The true box.</param>
    /// <param name="lastPixel">What a side has beyond the difference of its ends: 1 where boxes include their last pixel, 0 where sides are continuous.</param>
    /// <returns>Not a number if the boxes cover nothing, which passes no threshold.</returns>
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
