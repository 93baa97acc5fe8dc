namespace TinyGptV.Model.Engine.Decoding;

/// <summary>
/// Processing of the logits before a token is chosen, in the original's order: repetition penalty, minimum length, then, for sampling only,
/// temperature, top-k, top-p. Works in place; an excluded token gets negative infinity.
/// </summary>
internal static class LogitProcessing
{
    /// <summary>Applies the repetition penalty and the minimum length.</summary>
    /// <param name="scores">[V]</param>
    /// <param name="previous">The begin-of-text token and the generated tokens.</param>
    /// <param name="options">Penalty and minimum length.</param>
    /// <param name="endToken">The end token; negative for none.</param>
    public static void Process(Span<float> scores, IReadOnlyList<int> previous, DecodingOptions options, int endToken)
    {
        if (options.RepetitionPenalty != 1)
            PenaliseRepetition(scores, previous, options.RepetitionPenalty);
        if (endToken >= 0 && previous.Count < options.MinLength)
            scores[endToken] = float.NegativeInfinity;
    }

    /// <summary>Applies temperature, top-k and top-p.</summary>
    /// <param name="scores">[V]</param>
    /// <param name="options">Temperature, top-k and top-p.</param>
    public static void Warp(Span<float> scores, DecodingOptions options)
    {
        if (options.Temperature != 1)
            foreach (ref float score in scores)
                score /= options.Temperature;
        if (options.TopK > 0 && options.TopK < scores.Length)
            KeepTop(scores, options.TopK);
        if (options.TopP < 1)
            KeepNucleus(scores, options.TopP);
    }

    /// <summary>Softmax of the logits.</summary>
    /// <param name="scores">[V]</param>
    /// <returns>[V], summing to 1.</returns>
    public static float[] Softmax(ReadOnlySpan<float> scores)
    {
        float largest = Largest(scores);
        var probabilities = new float[scores.Length];
        double sum = 0;
        for (int i = 0; i < scores.Length; i++)
            sum += probabilities[i] = MathF.Exp(scores[i] - largest);
        for (int i = 0; i < probabilities.Length; i++)
            probabilities[i] = (float)(probabilities[i] / sum);
        return probabilities;
    }

    /// <summary>Log-softmax of the logits.</summary>
    /// <param name="scores">[V]</param>
    /// <returns>[V]</returns>
    public static float[] LogSoftmax(ReadOnlySpan<float> scores)
    {
        float largest = Largest(scores);
        double sum = 0;
        foreach (float score in scores)
            sum += MathF.Exp(score - largest);
        float normaliser = largest + (float)Math.Log(sum);
        var result = new float[scores.Length];
        for (int i = 0; i < result.Length; i++)
            result[i] = scores[i] - normaliser;
        return result;
    }

    private static float Largest(ReadOnlySpan<float> scores)
    {
        float largest = float.NegativeInfinity;
        foreach (float score in scores)
            largest = MathF.Max(largest, score);
        return largest;
    }

    private static void PenaliseRepetition(Span<float> scores, IReadOnlyList<int> previous, float penalty)
    {
        foreach (int token in previous.Distinct())
            scores[token] = scores[token] < 0 ? scores[token] * penalty : scores[token] / penalty;
    }

    private static void KeepTop(Span<float> scores, int count)
    {
        float[] sorted = scores.ToArray();
        Array.Sort(sorted);
        float least = sorted[^count];
        foreach (ref float score in scores)
            if (score < least)
                score = float.NegativeInfinity;
    }

    // Drops the least likely tokens while their total probability is at most 1 - p; always keeps the most likely one.
    private static void KeepNucleus(Span<float> scores, float p)
    {
        float[] keys = scores.ToArray();
        int[] order = [.. Enumerable.Range(0, keys.Length)];
        Array.Sort(order, (a, b) => keys[a] != keys[b] ? keys[a].CompareTo(keys[b]) : a.CompareTo(b));
        float[] probabilities = Softmax(scores);
        float cumulative = 0;
        foreach (int token in order.AsSpan(0, order.Length - 1))
        {
            cumulative += probabilities[token];
            if (cumulative > 1 - p)
                break;
            scores[token] = float.NegativeInfinity;
        }
    }
}
