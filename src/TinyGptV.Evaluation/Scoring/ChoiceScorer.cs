using System.Collections.Immutable;
using System.Globalization;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Inference;
using TinyGptV.Evaluation.Metrics;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Evaluation.Scoring;

/// <summary>Takes the likeliest choice and compares its index with the sample's.</summary>
/// <param name="name">The scorer's name.</param>
/// <param name="description">What it does.</param>
/// <param name="likelihood">The likelihood by which choices are ranked.</param>
internal sealed class ChoiceScorer(string name, string description, Func<ChoiceLikelihood, double> likelihood) : IScorer
{
    public string Name => name;

    public string Description => description;

    public RequestKind Request => RequestKind.Rank;

    public ImmutableArray<IMetric> Metrics { get; init; } = [new Accuracy()];

    public Score Score(Prediction prediction)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        ChoiceRanking ranking = prediction.Ranking ?? throw new ArgumentException("The prediction holds no ranked choices.", nameof(prediction));
        int best = Best(ranking.Choices);
        bool right = prediction.Sample.Target == best.ToString(CultureInfo.InvariantCulture);
        return new Score(right ? 1 : 0, best);
    }

    /// <summary>The first of the likeliest; a likelihood that is not a number is the least, as in the original's sorting.</summary>
    private int Best(ImmutableArray<ChoiceLikelihood> choices)
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
