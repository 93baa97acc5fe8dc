namespace TinyGptV.Evaluation.Scoring;

/// <summary>The score of one answer.</summary>
/// <param name="Value">0 for wrong, 1 for right, in between if annotators disagree; VSR's scripts can give 2.</param>
/// <param name="Choice">The 0-based index of the choice that ranked first; null without a ranking.</param>
/// <param name="Undecided">The answer takes neither side or both, or has no box. It is then wrong unless likelihoods decide.</param>
/// <param name="Excluded">The sample does not count; metrics leave it out.</param>
/// <param name="Probability">The probability of the affirmative answer, 0 to 1; null if unknown or not a two-way question.</param>
/// <param name="Overlap">The overlap of the answer's box with the true box, 0 to 1; null without a box.</param>
public readonly record struct Score(
    double Value, int? Choice = null, bool Undecided = false, bool Excluded = false, double? Probability = null, double? Overlap = null);
