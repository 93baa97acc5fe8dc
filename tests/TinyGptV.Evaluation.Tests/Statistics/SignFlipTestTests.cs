using CsCheck;
using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Tests.Statistics;

public sealed class SignFlipTestTests
{
    [Fact]
    public void PValue_IsTheShareOfAllSigns() => Gen.Int[-6, 6].Array[0, 12].Sample(changes =>
        Assert.Equal(ByAllSigns(changes), SignFlipTest.PValue(changes), tolerance: 1e-12), iter: 300);

    [Fact]
    public void PValue_OneQuestionAnImage_IsMcNemars()
    {
        int[] changes = [.. Enumerable.Repeat(1, 12), .. Enumerable.Repeat(-1, 3), .. Enumerable.Repeat(0, 50)];

        Assert.Equal(McNemarTest.PValue(12, 3), SignFlipTest.PValue(changes));
        // One image that changed by 2 among single changes: the general algorithm, checked against all signs.
        Assert.Equal(ByAllSigns([.. changes.Where(change => change != 0), 2]), SignFlipTest.PValue([.. changes, 2]), tolerance: 1e-12);
    }

    [Fact]
    public void PValue_QuestionsOfAnImageThatChangeTogether_CountAsOne()
    {
        int[] once = [1, 1, 1, 1, 1, 1, 1, -1];

        Assert.Equal(McNemarTest.PValue(7, 1), SignFlipTest.PValue(once.Select(change => 10 * change)), tolerance: 1e-15);
        Assert.True(McNemarTest.PValue(70, 10) < 1e-6);
    }

    [Fact]
    public void PValue_OfAWholeBenchmark_IsThatOfTheNormalDistribution()
    {
        // 10,000 images that changed by 1 to 3: a total 2.5 standard deviations from 0.
        int[] sizes = [.. Enumerable.Range(0, 10_000).Select(i => 1 + i % 3)];
        double deviation = Math.Sqrt(sizes.Sum(size => size * size));
        int total = sizes.Sum();
        for (int i = 0; total > 2.5 * deviation; i++)
        {
            total -= 2 * sizes[i];
            sizes[i] *= -1;
        }

        // Totals are 2 apart. A t distribution with this many degrees of freedom is normal.
        double normal = StudentT.BothTails((total - 1) / deviation, 1e7);
        Assert.Equal(normal, SignFlipTest.PValue(sizes), tolerance: 0.001 * normal);
    }

    [Fact]
    public void PValue_NothingChanged_IsOne() => Assert.Equal((1.0, 1.0), (SignFlipTest.PValue([]), SignFlipTest.PValue([0, 0])));

    private static double ByAllSigns(int[] changes)
    {
        int observed = Math.Abs(changes.Sum()), asFar = 0;
        for (int signs = 0; signs < 1 << changes.Length; signs++)
        {
            int sum = changes.Select((change, i) => (signs >> i & 1) == 0 ? change : -change).Sum();
            if (Math.Abs(sum) >= observed)
                asFar++;
        }

        return (double)asFar / (1 << changes.Length);
    }
}
