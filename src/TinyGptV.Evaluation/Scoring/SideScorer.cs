using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Models;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Evaluation.Scoring;

/// <summary>
/// Judges an answer to a two-way question by its whole words. If these take neither side or both, the side with the likelier first words decides.
/// </summary>
/// <param name="name">The scorer's name.</param>
/// <param name="description">What it does.</param>
/// <param name="affirming">The words of one side; the first is its label.</param>
/// <param name="denying">The words of the other side.</param>
internal sealed class SideScorer(string name, string description, ImmutableArray<string> affirming, ImmutableArray<string> denying) : IScorer
{
    public string Name => name;

    public string Description => description;

    public RequestKind Request => RequestKind.Generate;

    public ImmutableArray<string> FirstWords => [.. affirming, .. denying];

    public required ImmutableArray<IMetric> Metrics { get; init; }

    public Score Score(Prediction prediction)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        Generation answer = prediction.Generation ?? throw new ArgumentException("The prediction has no generated answer.", nameof(prediction));
        double? probability = answer.Prefers(affirming, denying);
        bool? said = AnswerText.Side(answer.Text, affirming.Contains, denying.Contains);
        bool? side = said ?? (probability is { } p && p != 0.5 ? p > 0.5 : null);
        bool right = side == (prediction.Sample.Target == affirming[0]);
        return new Score(right ? 1 : 0, Undecided: said is null, Probability: probability);
    }
}
