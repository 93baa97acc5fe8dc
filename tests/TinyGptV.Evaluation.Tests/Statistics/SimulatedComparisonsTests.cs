using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Tests.Statistics;

/// <summary>
/// Two runs that are equal on average: the interval of the difference contains 0 in about 95 of 100 cases, and about 5 of 100 tests are significant.
/// The ranges allow for graded scores with unequal images, and for the randomness of a seeded simulation.
/// </summary>
public sealed class SimulatedComparisonsTests
{
    [Theory]
    [InlineData(300, 1, 0, false)]
    [InlineData(100, 6, 0.3, false)]
    [InlineData(100, 31.6, 0.1, false)] // GQA, by a quarter
    [InlineData(300, 1, 0, true)]
    [InlineData(150, 5.3, 0.2, true)]
    public void Compare_RunsThatDoNotDiffer_AreSeldomCalledDifferent(int images, double size, double likeness, bool graded)
    {
        (double called, double held) = Simulate(images, size, likeness, graded, ClusteredDraws.Benchmarks / (graded ? 2 : 1));

        Assert.InRange(held, 0.93, 0.975);
        Assert.InRange(called, 0.025, 0.065);
    }

    private static (double Called, double Held) Simulate(int images, double size, double likeness, bool graded, int sets)
    {
        Func<SplitMix64, int> sizes = size > 1 ? ClusteredDraws.Unequal(size) : _ => 1;
        // A change is drawn as the difference of two answers: equal runs, with random changes by image.
        var draws = new ClusteredDraws(images, sizes, graded ? 0.4 : 0.15, likeness, graded);
        var random = new SplitMix64(11);
        int called = 0, held = 0;
        for (int set = 0; set < sets; set++)
        {
            ImmutableArray<PairedScore> pairs = [.. draws.Draw(random).SelectMany(
                (scores, image) => Pair(scores, new ImageReference($"{image}"), random, likeness > 0))];
            MetricDifference found = PairedMean.Compare("accuracy", pairs, draws: 399);
            if (found.PValue < 0.05)
                called++;
            if (found.Interval!.Value.Low <= 0 && 0 <= found.Interval.Value.High)
                held++;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{100.0 * called / sets:F2} % of {sets} called different, {100.0 * held / sets:F2} % held");
        return ((double)called / sets, (double)held / sets);
    }

    /// <summary>The second run gets 0 where the first got points, or vice versa, for a whole image or for single questions.</summary>
    private static IEnumerable<PairedScore> Pair(double[] scores, ImageReference image, SplitMix64 random, bool together)
    {
        bool toTheBetter = random.Below(2) == 0;
        foreach (double score in scores)
        {
            if (!together)
                toTheBetter = random.Below(2) == 0;
            yield return toTheBetter ? new PairedScore(image, 0, score) : new PairedScore(image, score, 0);
        }
    }
}
