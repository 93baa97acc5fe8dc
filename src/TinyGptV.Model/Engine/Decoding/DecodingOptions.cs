using System.Collections.Immutable;

namespace TinyGptV.Model.Engine.Decoding;

/// <summary>
/// How tokens are chosen, with the names and defaults (greedy decoding) of the original's generate call. Evaluation uses the defaults; the other
/// options reproduce the original's chat and beam search.
/// </summary>
public sealed record DecodingOptions
{
    /// <summary>Maximum number of new tokens. Default: 20.</summary>
    public int MaxNewTokens { get; init; } = 20;

    /// <summary>
    /// Minimum number of tokens before the end token is allowed, including the begin-of-text token. Default: 1, no effect.
    /// </summary>
    public int MinLength { get; init; } = 1;

    /// <summary>Positive logits of earlier tokens are divided by this, negative ones multiplied. Default: 1, no effect.</summary>
    public float RepetitionPenalty { get; init; } = 1;

    /// <summary>Sample instead of taking the most likely token. Default: false.</summary>
    public bool DoSample { get; init; }

    /// <summary>Logits are divided by this before sampling. Default: 1, no effect.</summary>
    public float Temperature { get; init; } = 1;

    /// <summary>Sample only from this many most likely tokens, plus ties with the last one; 0 for all. Default: 50.</summary>
    public int TopK { get; init; } = 50;

    /// <summary>Sample only from the most likely tokens that together have this probability. Default: 1, no effect.</summary>
    public float TopP { get; init; } = 1;

    /// <summary>Seed for sampling. Default: 0.</summary>
    public int Seed { get; init; }

    /// <summary>Number of beams. Default: 1, no beam search.</summary>
    public int NumBeams { get; init; } = 1;

    /// <summary>A beam's score is divided by its length to this power. Default: 1.</summary>
    public double LengthPenalty { get; init; } = 1;

    /// <summary>Stop beam search as soon as as many beams as <see cref="NumBeams"/> have finished. Default: false.</summary>
    public bool EarlyStopping { get; init; }

    /// <summary>Overrides the model's end token; negative for none, null (the default) for the model's.</summary>
    public int? EndToken { get; init; }

    /// <summary>
    /// Prepend the begin-of-text token to the prompt, as in training. Default: false, because the original asks its tokenizer for it, but the
    /// tokenizer ignores that.
    /// </summary>
    public bool PrependsBegin { get; init; }

    /// <summary>Further tokens that stop generation, without counting as the end token. Default: none.</summary>
    public ImmutableArray<int> StopTokens { get; init; } = [];

    /// <summary>Lower-case words; the result includes the probability that the answer begins with each. Does not change the answer. Default: none.</summary>
    public ImmutableArray<string> FirstWords { get; init; } = [];

    /// <summary>Whether the most likely token is enough, without all logits.</summary>
    internal bool TakesMostLikely => !DoSample && NumBeams == 1 && RepetitionPenalty == 1 && MinLength <= 1;
}
