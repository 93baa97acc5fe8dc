namespace TinyGptV.Evaluation.Benchmarks;

/// <summary>One annotator's answer.</summary>
/// <param name="Text">The answer that scorers compare with; may be empty. OK-VQA: stemmed.</param>
/// <param name="Confidence">How sure the annotator was: <c>yes</c>, <c>maybe</c> or <c>no</c>; null if not recorded.</param>
/// <param name="Raw">The unstemmed answer (OK-VQA); null if not stemmed.</param>
public sealed record ReferenceAnswer(string Text, string? Confidence = null, string? Raw = null);
