using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Scoring;

namespace TinyGptV.Evaluation.Submissions;

/// <summary>The answers of one benchmark of a run, to be written to a file.</summary>
/// <param name="Definition">The benchmark.</param>
/// <param name="Samples">Its samples with their scores, each once.</param>
/// <param name="Expected">How many samples there should be.</param>
/// <param name="Uncut">
/// Whether generated texts are written as they were stored. If not, only the model's own turn is, as the benchmarks' own programs expect it: these files score as mode
/// <c>official</c> does.
/// </param>
public sealed record Submission(BenchmarkDefinition Definition, ImmutableArray<ScoredSample> Samples, int Expected, bool Uncut)
{
    /// <summary>The samples that have an answer; the others are left out of the file.</summary>
    public IEnumerable<ScoredSample> Answered => Samples.Where(sample => sample.IsAnswered);

    /// <summary>How many samples are left out.</summary>
    public int Omitted => Expected - Answered.Count();

    internal string TextOf(ScoredSample sample)
    {
        string text = sample.Prediction.Generation!.Text;
        return Uncut ? text : AnswerText.OwnTurn(text);
    }
}
