namespace TinyGptV.Evaluation.Statistics;

/// <summary>
/// McNemar's exact test for images with several questions. If the runs are equally good, each image's total change is as likely in the other direction.
/// Correlation within images does no harm. With one question per image it is McNemar's test.
/// </summary>
internal static class SignFlipTest
{
    // Probabilities below this at the ends of the distribution are dropped; no p-value shows them.
    private const double Negligible = 1e-200;

    /// <summary>The probability of a total change at least this large if each image's change were equally likely to have either sign.</summary>
    /// <param name="changes">The change in right answers of each image.</param>
    /// <returns>The two-sided probability; 1 if nothing changed.</returns>
    public static double PValue(IEnumerable<int> changes)
    {
        int[] all = [.. changes.Where(change => change != 0)];
        if (all.All(change => change is 1 or -1))
            return McNemarTest.PValue(all.Count(change => change > 0), all.Count(change => change < 0));
        int total = all.Sum(Math.Abs), observed = Math.Abs(all.Sum());
        // The sum of all upward changes; the total change is twice this sum, less `total`.
        (double[] probability, int lowest) = Distribute(all, total);
        double tail = 0;
        for (int i = 0; i < probability.Length; i++)
        {
            if (Math.Abs(2 * (lowest + i) - total) >= observed)
                tail += probability[i];
        }

        return Math.Min(1, tail);
    }

    private static (double[] Probability, int Lowest) Distribute(int[] changes, int total)
    {
        double[] now = new double[total + 1], next = new double[total + 1];
        now[0] = 1;
        int low = 0, high = 0;
        foreach (int change in changes.Select(Math.Abs))
        {
            next.AsSpan(low, high + change - low + 1).Clear();
            for (int sum = low; sum <= high; sum++)
            {
                double half = now[sum] / 2;
                next[sum] += half;
                next[sum + change] += half;
            }

            high += change;
            while (next[low] < Negligible)
                low++;
            while (next[high] < Negligible)
                high--;
            (now, next) = (next, now);
        }

        return (now[low..(high + 1)], low);
    }
}
