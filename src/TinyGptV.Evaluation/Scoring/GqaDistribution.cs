using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Scoring;

/// <summary>
/// GQA's distribution: the chi-square distance between predicted and true answers within each group of questions, averaged over groups by size and divided
/// by 100. Lower is better. As in the official evaluation, predictions that are true nowhere in their group are not counted.
/// </summary>
/// <param name="labelOf">A sample's true answer, prepared for comparison.</param>
/// <param name="answerOf">Its predicted answer, prepared for comparison; null if none.</param>
public sealed class GqaDistribution(Func<ScoredSample, string> labelOf, Func<ScoredSample, string?> answerOf) : IMetric
{
    /// <inheritdoc />
    public string Name => "distribution";

    /// <inheritdoc />
    public Measurement Measure(IReadOnlyCollection<ScoredSample> samples, int missing)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ScoredSample[] grouped = [.. samples.Where(sample => !sample.Score.Excluded && sample.Prediction.Sample.Gqa?.Group is not null)];
        var none = new Measurement(Name, grouped.Length, null) { Scale = MeasurementScale.Number };
        if (grouped.Length == 0)
            return none with { Unavailable = samples.Count > 0 ? "the annotations have no question groups" : null };
        var table = new Table(grouped, labelOf, answerOf);
        return (none with { Value = table.Distance([.. Enumerable.Repeat(1, grouped.Length)]) }).WithBootstrap(grouped, table.Distance);
    }

    /// <summary>The true and predicted answers of each group as numbers, for repeated counting.</summary>
    private sealed class Table
    {
        private readonly Dictionary<(string Group, string Answer), int> _cells = [];
        private readonly Dictionary<string, int> _groups = new(StringComparer.Ordinal);
        private readonly List<int> _groupOfCell = [];
        private readonly int[] _labels;
        private readonly int[] _answers;

        public Table(ScoredSample[] samples, Func<ScoredSample, string> labelOf, Func<ScoredSample, string?> answerOf)
        {
            _labels = [.. samples.Select(sample => CellOf(GroupOf(sample), labelOf(sample)))];
            _answers = [.. samples.Select(sample => answerOf(sample) is { } answer ? _cells.GetValueOrDefault((GroupOf(sample), answer), -1) : -1)];
        }

        /// <summary>The distance with these sample counts; null if all are 0.</summary>
        public double? Distance(ReadOnlySpan<int> counts)
        {
            (int[] expected, int[] observed, int[] size) = Count(counts);
            double[] distances = new double[_groups.Count];
            for (int cell = 0; cell < expected.Length; cell++)
            {
                double difference = observed[cell] - expected[cell];
                if (expected[cell] > 0)
                    distances[_groupOfCell[cell]] += difference * difference / expected[cell];
            }

            double sum = 0, all = 0;
            for (int group = 0; group < size.Length; group++)
            {
                sum += distances[group] * size[group];
                all += size[group];
            }

            return all > 0 ? sum / all / 100 : null;
        }

        private (int[] Expected, int[] Observed, int[] Size) Count(ReadOnlySpan<int> counts)
        {
            int[] expected = new int[_cells.Count], observed = new int[_cells.Count], size = new int[_groups.Count];
            for (int sample = 0; sample < counts.Length; sample++)
            {
                expected[_labels[sample]] += counts[sample];
                size[_groupOfCell[_labels[sample]]] += counts[sample];
                if (_answers[sample] >= 0)
                    observed[_answers[sample]] += counts[sample];
            }

            return (expected, observed, size);
        }

        private int CellOf(string group, string label)
        {
            if (_cells.TryGetValue((group, label), out int cell))
                return cell;
            if (!_groups.TryGetValue(group, out int number))
                _groups.Add(group, number = _groups.Count);
            _groupOfCell.Add(number);
            _cells.Add((group, label), _cells.Count);
            return _cells.Count - 1;
        }

        private static string GroupOf(ScoredSample sample) => sample.Prediction.Sample.Gqa!.Group!;
    }
}
