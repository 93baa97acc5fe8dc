using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Evaluation.Scoring;

/// <summary>A sample with its score.</summary>
/// <param name="Prediction">The sample's prediction.</param>
/// <param name="Score">Its score; 0 without an answer.</param>
/// <param name="IsAnswered">Whether the prediction has an answer that the scorer can judge.</param>
public sealed record ScoredSample(Prediction Prediction, Score Score, bool IsAnswered);
