namespace TinyGptV.SamplePainter;

/// <summary>A multiple-choice problem on a picture.</summary>
/// <param name="Question">The question.</param>
/// <param name="Choices">The choices in the order shown, each different.</param>
/// <param name="Answer">The right choice.</param>
/// <param name="Skills">What it takes to solve it, in IconQA's words.</param>
/// <param name="Grade">The school grade it would suit.</param>
/// <param name="Picture">The picture.</param>
internal sealed record IconQaProblem(string Question, IReadOnlyList<string> Choices, string Answer, IReadOnlyList<string> Skills, string Grade, Canvas Picture);
