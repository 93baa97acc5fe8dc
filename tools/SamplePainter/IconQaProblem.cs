namespace TinyGptV.SamplePainter;

/// <summary>A multiple-choice problem about a picture.</summary>
/// <param name="Question">The question.</param>
/// <param name="Choices">The choices in the order shown, all different.</param>
/// <param name="Answer">The correct choice.</param>
/// <param name="Skills">The skills it needs, in IconQA's terms.</param>
/// <param name="Grade">The school grade it is suitable for.</param>
/// <param name="Picture">The picture.</param>
internal sealed record IconQaProblem(string Question, IReadOnlyList<string> Choices, string Answer, IReadOnlyList<string> Skills, string Grade, Canvas Picture);
