using System.Collections.Immutable;

namespace TinyGptV.Evaluation.Statistics;

/// <summary>
/// Holm's step-down adjustment for multiple comparisons. Calling adjusted p-values below 5 % significant keeps the probability of any false positive in the set
/// at or below 5 %.
/// </summary>
internal static class HolmAdjustment
{
    /// <summary>Adjusts p-values for their number.</summary>
    /// <param name="pValues">The p-values; null entries are skipped.</param>
    /// <returns>The adjusted p-values in the same order, at most 1.</returns>
    public static ImmutableArray<double?> Adjust(IReadOnlyList<double?> pValues)
    {
        double?[] adjusted = new double?[pValues.Count];
        int[] ascending = [.. Enumerable.Range(0, pValues.Count).Where(i => pValues[i] is not null).OrderBy(i => pValues[i])];
        double largest = 0;
        for (int rank = 0; rank < ascending.Length; rank++)
        {
            largest = Math.Max(largest, Math.Min(1, (ascending.Length - rank) * pValues[ascending[rank]]!.Value));
            adjusted[ascending[rank]] = largest;
        }

        return [.. adjusted];
    }
}
