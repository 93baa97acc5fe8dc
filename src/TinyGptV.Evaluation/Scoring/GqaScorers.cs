using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Evaluation.Scoring;

/// <summary>
/// GQA's official evaluation, which compares character by character, and variants that clean answers first as other evaluation code does. Published scores
/// differ by them.
/// </summary>
internal static class GqaScorers
{
    private const string NoTypes = "the annotations do not give the questions' structural types";
    private const string NoChoices = "no choices file for the split";
    private const string AsciiPunctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

    public static ImmutableArray<IScorer> All { get; } =
    [
        Of("gqa-accuracy",
            "GQA's own evaluation. Right if the trimmed own turn of the model is the label; capitals and full stops count.",
            text => text, label => label),
        Of("gqa-accuracy-llava",
            "GQA's own evaluation of the model's own turn in lower case, without full stops at the end, as in LLaVA's scripts.",
            text => PythonText.Lower(text.TrimEnd('.')), label => label),
        Of("gqa-accuracy-triml",
            "GQA's own evaluation of the model's own turn in lower case, without ASCII punctuation, as in TRI-ML's scripts.",
            text => PythonText.Lower(string.Concat(text.Where(c => !AsciiPunctuation.Contains(c)))), label => label),
        Of("gqa-accuracy-lavis",
            "GQA's own evaluation of the model's own turn and the label, both normalized as for VQA accuracy, as in LAVIS.",
            Normalize, Normalize),
    ];

    private static TextScorer Of(string name, string description, Func<string, string> clean, Func<string, string> cleanLabel)
    {
        string? AnswerOf(ScoredSample sample) => sample.Prediction.Generation is { } answer ? clean(AnswerText.OwnTurn(answer.Text)) : null;
        string LabelOf(ScoredSample sample) => cleanLabel(sample.Prediction.Sample.Target);
        return new TextScorer(name, description, ReferenceKind.Target, (sample, text) =>
            new Score(clean(AnswerText.OwnTurn(text)) == cleanLabel(sample.Target) ? 1 : 0))
        {
            IsOfficial = true,
            Metrics =
            [
                new Accuracy(),
                OfType("binary", structural => structural != "query"),
                OfType("open", structural => structural == "query"),
                InChoices("validity", AnswerOf, context => context.Valid),
                InChoices("plausibility", AnswerOf, context => context.Plausible),
                new GqaConsistency(sample => AnswerOf(sample) == LabelOf(sample)),
                new GqaDistribution(LabelOf, AnswerOf),
            ],
        };
    }

    private static SampleMean OfType(string name, Func<string, bool> includes) =>
        new(name, sample => sample.Prediction.Sample.PartOf("structural") is { } type && includes(type) ? sample.Score.Value : null)
        {
            CountsMissing = false,
            Unavailable = NoTypes,
        };

    private static SampleMean InChoices(string name, Func<ScoredSample, string?> answerOf, Func<GqaContext, ImmutableArray<string>?> choicesOf) =>
        new(name, sample => sample.Prediction.Sample.Gqa is { } context && choicesOf(context) is { } choices
            ? answerOf(sample) is { } answer && choices.Contains(answer, StringComparer.Ordinal) ? 1 : 0
            : null)
        {
            Unavailable = NoChoices,
        };

    private static string Normalize(string text) => VqaText.Normalize(VqaText.Trim(text), Contractions.Vqa);
}
