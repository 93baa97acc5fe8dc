using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Models;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Evaluation.Scoring;

/// <summary>How one answer is judged, and how the judgements of many become a number. Pure: the same prediction has the same score.</summary>
public interface IScorer
{
    /// <summary>The name by which <c>benchmark.json</c> asks for it, for example <c>contains-label</c>.</summary>
    string Name { get; }

    /// <summary>What it does, in one sentence for people.</summary>
    string Description { get; }

    /// <summary>The kind of answer it can judge.</summary>
    RequestKind Request { get; }

    /// <summary>What it compares answers with. Default: the sample's target.</summary>
    ReferenceKind Reference => ReferenceKind.Target;

    /// <summary>
    /// Words of which it must know how likely the answer was to begin with them, as <see cref="GenerationRequest.FirstWords"/> asks. Default: none.
    /// </summary>
    ImmutableArray<string> FirstWords => [];

    /// <summary>How its scores are summed up: at least one metric, the first is the one that results are compared by.</summary>
    ImmutableArray<IMetric> Metrics { get; }

    /// <summary>Judges an answer.</summary>
    /// <param name="prediction">A prediction that holds an answer of the kind <see cref="Request"/>.</param>
    /// <returns>The score.</returns>
    /// <exception cref="ArgumentException">The prediction holds no such answer.</exception>
    Score Score(Prediction prediction);

    /// <summary>Judges a sample that has no answer.</summary>
    /// <param name="prediction">The prediction.</param>
    /// <returns>0, unless the sample does not count at all. Default: 0.</returns>
    Score Unanswered(Prediction prediction) => default;

    /// <summary>Scores a prediction, whether it holds an answer or not.</summary>
    /// <param name="prediction">Any prediction of the benchmark.</param>
    /// <returns>The sample with its score.</returns>
    sealed ScoredSample Judge(Prediction prediction)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        bool answered = Request is RequestKind.Rank ? prediction.Ranking is not null : prediction.Generation is not null;
        return new ScoredSample(prediction, answered ? Score(prediction) : Unanswered(prediction), answered);
    }
}

/// <summary>What an answer is compared with.</summary>
public enum ReferenceKind
{
    /// <summary><see cref="Sample.Target"/>, which every sample has.</summary>
    Target,

    /// <summary><see cref="Sample.Answers"/>: those of several people.</summary>
    Answers,

    /// <summary><see cref="Sample.Box"/>.</summary>
    Box,
}
