using System.Collections.Immutable;

namespace TinyGptV.Model.Engine.Decoding;

/// <summary>
/// Beam search over one sequence, step by step: takes the log-likelihoods of all next tokens, gives the beams to continue. No tensors. Follows
/// the rules of the library that the original generates with, including which finished beam is kept.
/// </summary>
/// <param name="options">Beams, length penalty, early stopping, repetition penalty, lengths.</param>
/// <param name="beginTokens">The tokens before the generated ones; they count for the repetition penalty and the minimum length.</param>
/// <param name="endToken">The end token; negative for none.</param>
internal sealed class BeamSearch(DecodingOptions options, ImmutableArray<int> beginTokens, int endToken)
{
    private readonly List<(ImmutableList<int> Tokens, double Score)> _finished = [];
    private bool _isDone;

    /// <summary>The current beams. All start equal; only the first counts until they differ.</summary>
    public IReadOnlyList<Beam> Beams { get; private set; } =
        [.. Enumerable.Range(0, options.NumBeams).Select(i => new Beam(i, [], i == 0 ? 0 : -1e9f))];

    /// <summary>Whether no further step is needed.</summary>
    public bool IsDone => _isDone || Beams[0].Tokens.Count == options.MaxNewTokens;

    /// <summary>Runs one step.</summary>
    /// <param name="logLikelihoods">For each beam [V], normalised; overwritten.</param>
    public void Advance(IReadOnlyList<float[]> logLikelihoods)
    {
        var next = new List<Beam>();
        float best = float.NegativeInfinity;
        int rank = 0;
        foreach ((float score, int beam, int token) in Candidates(logLikelihoods))
        {
            best = MathF.Max(best, score);
            if (token != endToken)
                next.Add(new Beam(beam, Beams[beam].Tokens.Add(token), score));
            else if (rank < options.NumBeams)
                Finish(Beams[beam].Tokens, score, Beams[beam].Tokens.Count + 1);
            rank++;
            if (next.Count == options.NumBeams)
                break;
        }

        _isDone = _finished.Count == options.NumBeams && (options.EarlyStopping || Worst >= Normalised(best, Beams[0].Tokens.Count + 1));
        Beams = next;
    }

    /// <summary>The best beam.</summary>
    /// <returns>Its tokens, including the end token if generated within the limit, and its normalised score.</returns>
    public (ImmutableArray<int> Tokens, double Score) Result()
    {
        if (!_isDone)
            foreach (Beam beam in Beams)
                Finish(beam.Tokens, beam.Score, beam.Tokens.Count);
        (ImmutableList<int> tokens, double score) = _finished.MaxBy(f => f.Score);
        return (endToken >= 0 && tokens.Count < options.MaxNewTokens ? [.. tokens, endToken] : [.. tokens], score);
    }

    private double Worst => _finished.Min(f => f.Score);

    // Enough candidates even if each beam's best token is the end token; ties are ordered by beam and token.
    private IEnumerable<(float Score, int Beam, int Token)> Candidates(IReadOnlyList<float[]> logLikelihoods)
    {
        int needed = 2 * options.NumBeams;
        var all = new PriorityQueue<(float Score, int Beam, int Token), float>();
        for (int beam = 0; beam < Beams.Count; beam++)
        {
            LogitProcessing.Process(logLikelihoods[beam], [.. beginTokens, .. Beams[beam].Tokens], options, endToken);
            for (int token = 0; token < logLikelihoods[beam].Length; token++)
            {
                float score = logLikelihoods[beam][token] + Beams[beam].Score;
                if (all.Count < needed)
                    all.Enqueue((score, beam, token), score);
                else if (score > all.Peek().Score)
                    all.EnqueueDequeue((score, beam, token), score);
            }
        }

        return all.UnorderedItems.Select(i => i.Element).OrderByDescending(c => c.Score).ThenBy(c => c.Beam).ThenBy(c => c.Token).ToArray();
    }

    private void Finish(ImmutableList<int> tokens, float score, int length)
    {
        double normalised = Normalised(score, length);
        if (_finished.Count == options.NumBeams && normalised <= Worst)
            return;
        _finished.Add((tokens, normalised));
        if (_finished.Count > options.NumBeams)
            _finished.Remove(_finished.MinBy(f => f.Score));
    }

    private double Normalised(float score, int length) => score / Math.Pow(length, options.LengthPenalty);
}

/// <summary>A beam.</summary>
/// <param name="Parent">The beam of the previous step that it continues.</param>
/// <param name="Tokens">The generated tokens.</param>
/// <param name="Score">The sum of their processed log-likelihoods.</param>
internal sealed record Beam(int Parent, ImmutableList<int> Tokens, float Score);
