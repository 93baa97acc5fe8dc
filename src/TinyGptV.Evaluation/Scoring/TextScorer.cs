using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Evaluation.Scoring;

/// <summary>Judges a generated answer.</summary>
/// <param name="name">The scorer's name.</param>
/// <param name="description">What it does.</param>
/// <param name="reference">What it compares answers with.</param>
/// <param name="judge">Judges a sample (first) and its uncut answer (second).</param>
internal sealed class TextScorer(string name, string description, ReferenceKind reference, Func<Sample, string, Score> judge) : IScorer
{
    public string Name => name;

    public string Description => description;

    public RequestKind Request => RequestKind.Generate;

    public ReferenceKind Reference => reference;

    public ImmutableArray<IMetric> Metrics { get; init; } = [new Accuracy()];

    /// <summary>Whether to leave out samples that the official score does not count.</summary>
    public bool IsOfficial { get; init; }

    public static TextScorer OfLabel(string name, string description, Func<string, string, Score> judge) =>
        new(name, description, ReferenceKind.Target, (sample, text) => judge(sample.Target, text));

    public static TextScorer OfAnswers(
        string name, string description, Func<ImmutableArray<ReferenceAnswer>, string, double> accuracy, ImmutableArray<IMetric>? metrics = null) =>
        new(name, description, ReferenceKind.Answers, (sample, text) => new Score(accuracy(sample.Answers ?? throw Lacks("answers", sample), text)))
        {
            Metrics = metrics ?? [new Accuracy()],
        };

    /// <param name="name">The scorer's name.</param>
    /// <param name="description">What it does.</param>
    /// <param name="find">Finds the box in an uncut answer.</param>
    /// <param name="judge">Judges the box against the true box.</param>
    /// <param name="metrics">The metrics.</param>
    public static TextScorer OfBox(
        string name, string description, Func<string, ImmutableArray<int>?> find, Func<ImmutableArray<int>, ReferenceBox, Score> judge,
        ImmutableArray<IMetric> metrics) =>
        new(name, description, ReferenceKind.Box, (sample, text) => find(text) is { } box
            ? judge(box, sample.Box ?? throw Lacks("box", sample))
            : new Score(0, Undecided: true))
        {
            Metrics = metrics,
        };

    public Score Score(Prediction prediction)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        string text = prediction.Generation?.Text ?? throw new ArgumentException("The prediction has no generated answer.", nameof(prediction));
        return IsExcluded(prediction) ? Unanswered(prediction) : judge(prediction.Sample, text);
    }

    public Score Unanswered(Prediction prediction) => new(0, Excluded: IsExcluded(prediction));

    private bool IsExcluded(Prediction prediction) => IsOfficial && prediction.Sample.CountsOfficially is false;

    private static ArgumentException Lacks(string what, Sample sample) => new($"Sample '{sample.Id}' has no {what} to compare with.");
}
