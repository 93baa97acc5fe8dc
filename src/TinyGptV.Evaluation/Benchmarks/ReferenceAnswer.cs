namespace TinyGptV.Evaluation.Benchmarks;

/// <summary>What one annotator answered.</summary>
/// <param name="Text">The answer that scorers compare with; may be empty. OK-VQA: stemmed.</param>
/// <param name="Confidence">How sure the annotator was: <c>yes</c>, <c>maybe</c> or <c>no</c>; null if that is not recorded.</param>
/// <param name="Raw">The answer before it was stemmed (OK-VQA); null if it was not.</param>
public sealed record ReferenceAnswer(string Text, string? Confidence = null, string? Raw = null);
