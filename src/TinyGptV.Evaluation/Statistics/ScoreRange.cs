namespace TinyGptV.Evaluation.Statistics;

/// <summary>The range of scores, starting at 0.</summary>
/// <param name="Highest">The highest score.</param>
/// <param name="IsGraded">Whether there are scores between 0 and the highest.</param>
internal readonly record struct ScoreRange(double Highest, bool IsGraded);
