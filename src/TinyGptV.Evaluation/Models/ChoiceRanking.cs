using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace TinyGptV.Evaluation.Models;

/// <summary>The likelihood of every candidate answer.</summary>
/// <param name="Choices">One entry for each candidate, in the order of the request.</param>
public sealed record ChoiceRanking(ImmutableArray<ChoiceLikelihood> Choices);

/// <summary>How likely one candidate is after the prompt.</summary>
/// <param name="LogLikelihood">Natural logarithm of the candidate's probability: the sum over its tokens; at most 0.</param>
/// <param name="Tokens">The number of tokens summed over, the end of choice included; at least 1.</param>
public sealed record ChoiceLikelihood(double LogLikelihood, int Tokens)
{
    /// <summary>The log-likelihood divided by the number of tokens: the negative of the original's loss.</summary>
    [JsonIgnore]
    public double MeanLogLikelihood => LogLikelihood / Tokens;
}
