namespace TinyGptV.Model.Engine.Decoding;

/// <summary>Chooses the next token of a sequence from the logits: the best one, or a sampled one.</summary>
/// <param name="options">How to choose.</param>
/// <param name="endToken">The end token; negative for none.</param>
internal sealed class TokenChooser(DecodingOptions options, int endToken)
{
    // Seeded, and the same on every platform. It cannot reproduce the original's random numbers.
    private readonly Random _random = new(options.Seed);

    /// <summary>Chooses the next token.</summary>
    /// <param name="scores">[V]; overwritten.</param>
    /// <param name="previous">The begin-of-text token and the generated tokens.</param>
    public int Choose(Span<float> scores, IReadOnlyList<int> previous)
    {
        LogitProcessing.Process(scores, previous, options, endToken);
        if (!options.DoSample)
            return Best(scores);
        LogitProcessing.Warp(scores, options);
        return Draw(LogitProcessing.Softmax(scores));
    }

    private static int Best(ReadOnlySpan<float> scores)
    {
        int best = 0;
        for (int i = 1; i < scores.Length; i++)
            if (scores[i] > scores[best])
                best = i;
        return best;
    }

    private int Draw(ReadOnlySpan<float> probabilities)
    {
        double point = _random.NextDouble();
        int last = 0;
        for (int i = 0; i < probabilities.Length; i++)
        {
            if (probabilities[i] == 0)
                continue;
            last = i;
            if ((point -= probabilities[i]) < 0)
                break;
        }

        return last;
    }
}
