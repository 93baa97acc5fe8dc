using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Evaluation.Scoring;

/// <summary>How well an answer agrees with those of several annotators.</summary>
internal static class VqaAccuracy
{
    /// <summary>
    /// The official VQA accuracy: leaving out each annotator in turn, a third of a point for each of the others who agrees, at most one point; then the mean.
    /// If all annotators typed the same, nothing is normalized.
    /// </summary>
    /// <param name="answers">The annotators' answers; OK-VQA's are stemmed, the prediction is not.</param>
    /// <param name="text">The prediction.</param>
    /// <param name="comparison">Ordinal, or ignoring case like the copy in the original repository.</param>
    public static double OfVqa(ImmutableArray<ReferenceAnswer> answers, string text, Func<string, string, bool> comparison)
    {
        string[] people = [.. answers.Select(answer => VqaText.Trim(answer.Text))];
        string prediction = VqaText.Trim(text);
        if (people.Any(answer => answer != people[0]))
        {
            people = [.. people.Select(answer => VqaText.Normalize(answer, Contractions.Vqa))];
            prediction = VqaText.Normalize(prediction, Contractions.Vqa);
        }

        return LeaveOneOut([.. people.Select(answer => comparison(answer, prediction))]);
    }

    /// <summary>VizWiz's variant: the prediction is always normalized, annotators' answers never are.</summary>
    public static double OfVizWiz(ImmutableArray<ReferenceAnswer> answers, string text)
    {
        string prediction = VqaText.Normalize(VqaText.Trim(text), Contractions.VizWiz);
        return LeaveOneOut([.. answers.Select(answer => answer.Text == prediction)]);
    }

    /// <summary>
    /// A third of a point for each answer that agrees, at most one point. An answer with underscores counts as several, because the original joins answers
    /// with underscores.
    /// </summary>
    public static double OfThirds(ImmutableArray<ReferenceAnswer> answers, Func<string, bool> agrees) =>
        Math.Min(answers.SelectMany(answer => answer.Text.Split('_')).Count(agrees) / 3.0, 1.0);

    /// <summary>Adds in the official order, so that even the last bits agree.</summary>
    private static double LeaveOneOut(bool[] agrees)
    {
        int all = agrees.Count(agree => agree);
        double sum = 0;
        foreach (bool agree in agrees)
            sum += Math.Min(1, (all - (agree ? 1 : 0)) / 3.0);
        return sum / agrees.Length;
    }
}
