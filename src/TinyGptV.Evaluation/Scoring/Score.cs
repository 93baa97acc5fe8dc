namespace TinyGptV.Evaluation.Scoring;

/// <summary>The judgement on one answer.</summary>
/// <param name="Value">0 for wrong, 1 for right, between them where people disagree; VSR's scripts can give 2.</param>
/// <param name="Choice">The 0-based index of the choice that ranked first; null if none was ranked.</param>
/// <param name="Undecided">The answer says neither this nor that, or both, or names no box: it is wrong for that reason, unless likelihoods decided it.</param>
/// <param name="Excluded">The sample does not count, whatever was answered: metrics leave it out.</param>
/// <param name="Probability">How likely the affirmative of two answers was, 0 to 1; null if that is not known or there are no two.</param>
/// <param name="Overlap">How far the answer's box and the true one overlap, 0 to 1; null if there is no box.</param>
public readonly record struct Score(
    double Value, int? Choice = null, bool Undecided = false, bool Excluded = false, double? Probability = null, double? Overlap = null);
