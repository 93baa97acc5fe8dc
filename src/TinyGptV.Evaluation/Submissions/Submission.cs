using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Scoring;

namespace TinyGptV.Evaluation.Submissions;

/// <summary>The answers to one benchmark of a run, for export.</summary>
/// <param name="Definition">The benchmark.</param>
/// <param name="Samples">Its samples with their scores, without duplicates.</param>
/// <param name="Expected">How many samples there should be.</param>
/// <param name="Uncut">
/// Whether to write generated texts unchanged. Otherwise only the model's own turn is written, as the benchmarks' own programs expect; scores then match mode
/// <c>official</c>.
/// </param>
public sealed record Submission(BenchmarkDefinition Definition, ImmutableArray<ScoredSample> Samples, int Expected, bool Uncut)
{
    /// <summary>The samples with an answer; others are left out.</summary>
    public IEnumerable<ScoredSample> Answered => Samples.Where(sample => sample.IsAnswered);

    /// <summary>How many samples are left out.</summary>
    public int Omitted => Expected - Answered.Count();

    internal string TextOf(ScoredSample sample)
    {
        string text = sample.Prediction.Generation!.Text;
        return Uncut ? text : AnswerText.OwnTurn(text);
    }
}
