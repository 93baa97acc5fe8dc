namespace TinyGptV.Evaluation.Statistics;

/// <summary>What values scores can have, from 0.</summary>
/// <param name="Highest">The highest score.</param>
/// <param name="IsGraded">Whether there are scores between 0 and the highest one.</param>
internal readonly record struct ScoreRange(double Highest, bool IsGraded);
