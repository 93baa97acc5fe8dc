using System.Collections.Immutable;

namespace TinyGptV.Model.Engine.Decoding;

/// <summary>
/// How tokens are chosen, in the terms and with the defaults of the original's generate call, which are those of greedy decoding.
/// Evaluation uses the defaults; the rest is there to reproduce the original's chat and its beam search.
/// </summary>
public sealed record DecodingOptions
{
    /// <summary>The largest number of new tokens. Default: 20.</summary>
    public int MaxNewTokens { get; init; } = 20;

    /// <summary>
    /// The end token is not chosen while fewer tokens than this are there, the begin token in front counted: 1 has no effect.
    /// Default: 1.
    /// </summary>
    public int MinLength { get; init; } = 1;

    /// <summary>Scores of tokens that occurred are divided by this if positive, else multiplied. Default: 1, no effect.</summary>
    public float RepetitionPenalty { get; init; } = 1;

    /// <summary>Draw from the distribution instead of taking the most likely token. Default: false.</summary>
    public bool DoSample { get; init; }

    /// <summary>Scores are divided by this before drawing. Default: 1, no effect.</summary>
    public float Temperature { get; init; } = 1;

    /// <summary>Draw from this many most likely tokens only, and those equally likely as the last of them; 0 for all. Default: 50.</summary>
    public int TopK { get; init; } = 50;

    /// <summary>Draw from the most likely tokens that together have this probability. Default: 1, no effect.</summary>
    public float TopP { get; init; } = 1;

    /// <summary>Seed of the draws. Default: 0.</summary>
    public int Seed { get; init; }

    /// <summary>How many continuations are followed at once. Default: 1, no beam search.</summary>
    public int NumBeams { get; init; } = 1;

    /// <summary>A continuation's summed log-likelihood is divided by its length to this power. Default: 1.</summary>
    public double LengthPenalty { get; init; } = 1;

    /// <summary>Beam search ends as soon as there are as many finished continuations as beams. Default: false.</summary>
    public bool EarlyStopping { get; init; }

    /// <summary>Ends an answer instead of the model's end token; negative for none, null (the default) for the model's.</summary>
    public int? EndToken { get; init; }

    /// <summary>
    /// Whether the begin token is put in front of the prompt, as in every training sequence. Default: false, because the original's
    /// tokenizer ignores the request for it.
    /// </summary>
    public bool PrependsBegin { get; init; }

    /// <summary>Tokens that end an answer too, without counting as its end token. Default: none.</summary>
    public ImmutableArray<int> StopTokens { get; init; } = [];

    /// <summary>Lower-case words whose probability of beginning the answer is told with it; they do not change it. Default: none.</summary>
    public ImmutableArray<string> FirstWords { get; init; } = [];

    /// <summary>Whether the most likely token is all that has to be known.</summary>
    internal bool TakesMostLikely => !DoSample && NumBeams == 1 && RepetitionPenalty == 1 && MinLength <= 1;
}
