using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Models;

namespace TinyGptV.Evaluation.Runs;

/// <summary>
/// The stored result of one sample: one JSON line. It includes the sample, so that scores can be recomputed from
/// predictions alone. Exactly one of <see cref="Generation"/>, <see cref="Ranking"/> and <see cref="Failure"/> is set.
/// </summary>
public sealed record Prediction
{
    /// <summary>The benchmark of the sample.</summary>
    public required BenchmarkName Benchmark { get; init; }

    /// <summary>The sample, with its reference answer.</summary>
    public required Sample Sample { get; init; }

    /// <summary>The full prompt.</summary>
    public required string Prompt { get; init; }

    /// <summary>The uncut answer, if one was generated.</summary>
    public Generation? Generation { get; init; }

    /// <summary>The likelihoods of the choices, if they were ranked.</summary>
    public ChoiceRanking? Ranking { get; init; }

    /// <summary>Why there is no answer.</summary>
    public SampleFailure? Failure { get; init; }
}

/// <summary>Why a sample was not answered.</summary>
public enum SampleFailureKind
{
    /// <summary>The image is missing or cannot be read.</summary>
    ImageUnavailable,

    /// <summary>The image cannot be decoded.</summary>
    ImageUndecodable,

    /// <summary>The model refused the request, for example because the prompt is too long.</summary>
    RequestRefused,

    /// <summary>Every attempt lost its replica, even with no other sample in progress.</summary>
    ReplicasLost,

    /// <summary>The imported file has no answer to the sample.</summary>
    NotSubmitted,
}

/// <summary>Why a sample has no answer.</summary>
/// <param name="Kind">The kind of failure.</param>
/// <param name="Message">What was expected, what was found, what to do; without paths outside the benchmark's folder.</param>
public sealed record SampleFailure(SampleFailureKind Kind, string Message);
