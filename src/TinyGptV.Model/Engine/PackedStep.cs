using TinyGptV.Model.Language;
using static TorchSharp.torch;

namespace TinyGptV.Model.Engine;

/// <summary>The rows of one step, from all requests in it, and the questions about some of these rows.</summary>
internal sealed class PackedStep
{
    private readonly List<Part> _parts = [];
    private readonly List<RowSpan> _spans = [];
    private readonly List<RowQuestion> _questions = [];
    private int _spanStart;

    /// <summary>Number of rows so far.</summary>
    public int Rows { get; private set; }

    /// <summary>The sequences in row order.</summary>
    public IReadOnlyList<RowSpan> Spans => _spans;

    /// <summary>The questions, in order.</summary>
    public IReadOnlyList<RowQuestion> Questions => _questions;

    /// <summary>Appends tokens, one row each.</summary>
    /// <param name="ids">Token ids.</param>
    public void AddTokens(IReadOnlyList<int> ids)
    {
        if (ids.Count == 0)
            return;
        _parts.Add(new Part(ids, null));
        Rows += ids.Count;
    }

    /// <summary>Appends an image's vectors.</summary>
    /// <param name="vectors">[n, C]</param>
    public void AddVectors(Tensor vectors)
    {
        _parts.Add(new Part(null, vectors));
        Rows += (int)vectors.shape[0];
    }

    /// <summary>Ends a sequence: its rows are those appended since the last call.</summary>
    /// <param name="cache">The sequence's KV cache.</param>
    public void EndSpan(KvCache cache)
    {
        _spans.Add(new RowSpan(cache, _spanStart, Rows - _spanStart));
        _spanStart = Rows;
    }

    /// <summary>Asks for the most likely next token after a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="tokens">Tokens whose log-likelihood is requested too.</param>
    /// <returns>The question; running the step fills in the answer.</returns>
    public RowQuestion AskMostLikely(int row, IReadOnlyList<int> tokens) => Ask(new RowQuestion(row, tokens, wantsScores: false));

    /// <summary>Asks for the log-likelihoods of certain next tokens after a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="tokens">The tokens.</param>
    /// <returns>The question; running the step fills in the answer.</returns>
    public RowQuestion AskLikelihoods(int row, IReadOnlyList<int> tokens) => Ask(new RowQuestion(row, tokens, wantsScores: false));

    /// <summary>Asks for the logits after a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="tokens">Tokens whose log-likelihood is requested too.</param>
    /// <returns>The question; running the step fills in the answer.</returns>
    public RowQuestion AskScores(int row, IReadOnlyList<int> tokens) => Ask(new RowQuestion(row, tokens, wantsScores: true));

    /// <summary>The input of the language model: embeddings and image vectors in row order, padded with zero rows.</summary>
    /// <param name="language">The language model, for its embedding.</param>
    /// <param name="device">The model's device.</param>
    /// <param name="paddedRows">Number of rows including padding, at least <see cref="Rows"/>.</param>
    /// <returns>[paddedRows, C]</returns>
    public Tensor BuildInput(Phi2 language, Device device, int paddedRows)
    {
        long[] ids = [.. _parts.Where(p => p.Tokens is not null).SelectMany(p => p.Tokens!).Select(i => (long)i)];
        Tensor? embedded = ids.Length == 0 ? null : language.Embed(tensor(ids, device: device)); // all lookups in one call
        var pieces = new List<Tensor>();
        long next = 0;
        foreach (Part part in _parts)
        {
            pieces.Add(part.Vectors ?? embedded!.narrow(0, next, part.Tokens!.Count));
            next += part.Tokens?.Count ?? 0;
        }

        if (paddedRows > Rows)
            pieces.Add(zeros(paddedRows - Rows, pieces[0].shape[1], dtype: pieces[0].dtype, device: pieces[0].device));
        return cat(pieces, dim: 0);
    }

    private RowQuestion Ask(RowQuestion question)
    {
        _questions.Add(question);
        return question;
    }

    private readonly record struct Part(IReadOnlyList<int>? Tokens, Tensor? Vectors);
}

/// <summary>A question about a row, and its answer after the step.</summary>
/// <param name="row">The row in its step.</param>
/// <param name="tokens">The tokens whose log-likelihood is requested.</param>
/// <param name="wantsScores">Whether all logits are requested.</param>
internal sealed class RowQuestion(int row, IReadOnlyList<int> tokens, bool wantsScores)
{
    /// <summary>The row in its step.</summary>
    public int Row { get; } = row;

    /// <summary>The tokens whose log-likelihood is requested.</summary>
    public IReadOnlyList<int> Tokens { get; } = tokens;

    /// <summary>Whether all logits are requested.</summary>
    public bool WantsScores { get; } = wantsScores;

    /// <summary>The most likely next token; the lowest id on ties.</summary>
    public int MostLikely { get; set; }

    /// <summary>The log-likelihood of each of <see cref="Tokens"/>.</summary>
    public IReadOnlyList<double> LogLikelihoods { get; set; } = [];

    /// <summary>The logits [V], if requested.</summary>
    public float[] Scores { get; set; } = [];
}
