using System.Globalization;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Scoring;

namespace TinyGptV.Evaluation.Reports.Html;

/// <summary>The reference and the answer of a sample, for display.</summary>
internal static class ScoredTexts
{
    /// <summary>The reference answer; for multiple choice, the text of the choice.</summary>
    public static string Truth(ScoredSample scored)
    {
        Sample sample = scored.Prediction.Sample;
        return int.TryParse(sample.Target, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && Choice(sample, index) is { } choice
            ? choice
            : sample.Target;
    }

    /// <summary>The model's own turn, or the text of the choice that ranked first; empty without an answer.</summary>
    public static string Answer(ScoredSample scored) =>
        scored.Score.Choice is { } chosen && Choice(scored.Prediction.Sample, chosen) is { } choice ? choice
        : scored.Prediction.Generation is { } generation ? AnswerText.OwnTurn(generation.Text)
        : "";

    private static string? Choice(Sample sample, int index) => index < sample.Choices.Length ? sample.Choices[index] : null;
}
