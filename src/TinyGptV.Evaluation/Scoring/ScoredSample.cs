using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Evaluation.Scoring;

/// <summary>A sample with its score.</summary>
/// <param name="Prediction">The sample's prediction.</param>
/// <param name="Score">Its score; 0 without an answer.</param>
/// <param name="IsAnswered">Whether the prediction holds an answer that the scorer could judge.</param>
public sealed record ScoredSample(Prediction Prediction, Score Score, bool IsAnswered)
{
    internal static ScoredSample Of(Prediction prediction, IScorer scorer)
    {
        bool answered = scorer.Request is RequestKind.Rank ? prediction.Ranking is not null : prediction.Generation is not null;
        return new ScoredSample(prediction, answered ? scorer.Score(prediction) : scorer.Unanswered(prediction), answered);
    }
}
