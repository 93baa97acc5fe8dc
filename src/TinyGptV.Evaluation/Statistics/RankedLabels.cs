namespace TinyGptV.Evaluation.Statistics;

/// <summary>Samples ranked by a score that should be higher for samples with a label. Ties stay together.</summary>
internal sealed class RankedLabels
{
    private readonly int[] _order;
    private readonly int[] _groupEnds;
    private readonly bool[] _labels;

    /// <param name="scores">Each sample's score; infinities are allowed.</param>
    /// <param name="labels">Whether each sample has the label.</param>
    public RankedLabels(IReadOnlyList<double> scores, IReadOnlyList<bool> labels)
    {
        _labels = [.. labels];
        _order = [.. Enumerable.Range(0, scores.Count).OrderBy(sample => scores[sample])];
        _groupEnds = [.. Enumerable.Range(1, scores.Count).Where(end => end == scores.Count || scores[_order[end]] != scores[_order[end - 1]])];
    }

    /// <summary>
    /// The area under the ROC curve: the share of pairs in which the sample with the label scores higher; ties count half.
    /// </summary>
    /// <param name="counts">How often each sample counts.</param>
    /// <returns>The area; null if all counted samples have the same label.</returns>
    public double? RocAuc(ReadOnlySpan<int> counts)
    {
        // Twice the number of pairs, as an integer, so that the order of additions does not matter.
        long twiceWon = 0, with = 0, without = 0;
        int start = 0;
        foreach (int end in _groupEnds)
        {
            (long labelled, long others) = Count(start, end, counts);
            twiceWon += labelled * (2 * without + others);
            with += labelled;
            without += others;
            start = end;
        }

        return with > 0 && without > 0 ? twiceWon / 2.0 / with / without : null;
    }

    /// <summary>The mean precision over the steps of recall, from the highest score down; ties are one step.</summary>
    /// <param name="counts">How often each sample counts.</param>
    /// <returns>The average precision; null if no counted sample has the label.</returns>
    public double? AveragePrecision(ReadOnlySpan<int> counts)
    {
        long with = 0, all = 0;
        double sum = 0;
        for (int group = _groupEnds.Length - 1; group >= 0; group--)
        {
            (long labelled, long others) = Count(group == 0 ? 0 : _groupEnds[group - 1], _groupEnds[group], counts);
            with += labelled;
            all += labelled + others;
            if (labelled > 0)
                sum += labelled * ((double)with / all);
        }

        return with > 0 ? sum / with : null;
    }

    private (long Labelled, long Others) Count(int start, int end, ReadOnlySpan<int> counts)
    {
        long labelled = 0, others = 0;
        foreach (int sample in _order.AsSpan(start, end - start))
        {
            if (_labels[sample])
                labelled += counts[sample];
            else
                others += counts[sample];
        }

        return (labelled, others);
    }
}
