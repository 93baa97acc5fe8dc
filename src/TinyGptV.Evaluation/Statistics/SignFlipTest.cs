namespace TinyGptV.Evaluation.Statistics;

/// <summary>
/// McNemar's exact test for images with several questions: under the hypothesis that the two runs are alike, each image could as well have changed by as much in
/// the other direction. What its questions have in common does no harm. If every image has one question, it is McNemar's test.
/// </summary>
internal static class SignFlipTest
{
    // What is less likely than this at an end of the distribution is left out; no p-value shows it.
    private const double Negligible = 1e-200;

    /// <summary>How likely a total change at least as large would be if each image's change had either sign with the same probability.</summary>
    /// <param name="changes">By how many right answers each image changed.</param>
    /// <returns>The two-sided probability; 1 if nothing changed.</returns>
    public static double PValue(IEnumerable<int> changes)
    {
        int[] all = [.. changes.Where(change => change != 0)];
        if (all.All(change => change is 1 or -1))
            return McNemarTest.PValue(all.Count(change => change > 0), all.Count(change => change < 0));
        int total = all.Sum(Math.Abs), observed = Math.Abs(all.Sum());
        // The sum of all changes that point upwards, of which the total change is twice as much less `total`.
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
