using System.Collections.Immutable;
using System.Globalization;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Models;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Evaluation.Scoring;

/// <summary>Compares the index of the likeliest choice with the label.</summary>
/// <param name="name">The scorer's name.</param>
/// <param name="description">What it does.</param>
/// <param name="likelihood">The likelihood that ranks the choices.</param>
internal sealed class ChoiceScorer(string name, string description, Func<ChoiceLikelihood, double> likelihood) : IScorer
{
    public static ImmutableArray<IScorer> All { get; } =
    [
        new ChoiceScorer(
            "mean-likelihood-choice",
            "Right if the choice with the highest mean log-likelihood per token is the labelled one.",
            choice => choice.MeanLogLikelihood)
        { Metrics = [new Accuracy(), By("accuracy-by-total-likelihood", choice => choice.LogLikelihood)] },
        new ChoiceScorer(
            "sum-likelihood-choice",
            "Right if the choice with the highest total log-likelihood is the labelled one, which favours short choices.",
            choice => choice.LogLikelihood)
        { Metrics = [new Accuracy(), By("accuracy-by-mean-likelihood", choice => choice.MeanLogLikelihood)] },
    ];

    public string Name => name;

    public string Description => description;

    public RequestKind Request => RequestKind.Rank;

    public required ImmutableArray<IMetric> Metrics { get; init; }

    public Score Score(Prediction prediction)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        ChoiceRanking ranking = prediction.Ranking ?? throw new ArgumentException("The prediction has no ranked choices.", nameof(prediction));
        int best = Best(ranking.Choices, likelihood);
        return new Score(IsTarget(best, prediction) ? 1 : 0, best);
    }

    /// <summary>The accuracy with the other ranking of the same choices.</summary>
    private static SampleMean By(string metric, Func<ChoiceLikelihood, double> likelihood) => new(metric, sample =>
        sample.Prediction.Ranking is { } ranking && IsTarget(Best(ranking.Choices, likelihood), sample.Prediction) ? 1 : 0);

    private static bool IsTarget(int choice, Prediction prediction) => prediction.Sample.Target == choice.ToString(CultureInfo.InvariantCulture);

    /// <summary>The likeliest choice, the first on a tie. NaN ranks last, as in the original sorting.</summary>
    private static int Best(ImmutableArray<ChoiceLikelihood> choices, Func<ChoiceLikelihood, double> likelihood)
    {
        int best = 0;
        for (int i = 1; i < choices.Length; i++)
        {
            if (likelihood(choices[i]).CompareTo(likelihood(choices[best])) > 0)
                best = i;
        }

        return best;
    }
}
