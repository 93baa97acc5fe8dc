using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Models;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Evaluation.Scoring;

/// <summary>Judges answers and summarizes the scores. Pure: equal predictions get equal scores.</summary>
public interface IScorer
{
    /// <summary>The name used in <c>benchmark.json</c>, for example <c>contains-label</c>.</summary>
    string Name { get; }

    /// <summary>What it does, in one sentence.</summary>
    string Description { get; }

    /// <summary>The kind of request whose answers it judges.</summary>
    RequestKind Request { get; }

    /// <summary>What it compares answers with. Default: the sample's target.</summary>
    ReferenceKind Reference => ReferenceKind.Target;

    /// <summary>Words whose probability as the first word of the answer it needs; see <see cref="GenerationRequest.FirstWords"/>. Default: none.</summary>
    ImmutableArray<string> FirstWords => [];

    /// <summary>The metrics, at least one; results are compared by the first.</summary>
    ImmutableArray<IMetric> Metrics { get; }

    /// <summary>Judges an answer.</summary>
    /// <param name="prediction">A prediction with an answer of the kind <see cref="Request"/>.</param>
    /// <returns>The score.</returns>
    /// <exception cref="ArgumentException">The prediction has no such answer.</exception>
    Score Score(Prediction prediction);

    /// <summary>Scores a sample without an answer.</summary>
    /// <param name="prediction">The prediction.</param>
    /// <returns>0 unless the sample is excluded. Default: 0.</returns>
    Score Unanswered(Prediction prediction) => default;

    /// <summary>Scores a prediction, answered or not.</summary>
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

    /// <summary><see cref="Sample.Answers"/>: those of several annotators.</summary>
    Answers,

    /// <summary><see cref="Sample.Box"/>.</summary>
    Box,
}
