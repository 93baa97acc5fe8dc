using TinyGptV.Model.Language;
using static TorchSharp.torch;

namespace TinyGptV.Model.Engine;

/// <summary>The rows of one step, gathered from all work that takes part, and the questions asked about some of them.</summary>
internal sealed class PackedStep
{
    private readonly List<Part> _parts = [];
    private readonly List<RowSpan> _spans = [];
    private readonly List<RowQuestion> _questions = [];
    private int _spanStart;

    /// <summary>The number of rows so far.</summary>
    public int Rows { get; private set; }

    /// <summary>The sequences in row order.</summary>
    public IReadOnlyList<RowSpan> Spans => _spans;

    /// <summary>The questions in the order they were asked.</summary>
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

    /// <summary>Appends vectors that stand for no token: those of an image.</summary>
    /// <param name="vectors">[n, C]</param>
    public void AddVectors(Tensor vectors)
    {
        _parts.Add(new Part(null, vectors));
        Rows += (int)vectors.shape[0];
    }

    /// <summary>The rows appended since the last call are one sequence's.</summary>
    /// <param name="cache">The sequence's keys and values.</param>
    public void EndSpan(KvCache cache)
    {
        _spans.Add(new RowSpan(cache, _spanStart, Rows - _spanStart));
        _spanStart = Rows;
    }

    /// <summary>Asks which token follows a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="tokens">Tokens whose likelihood is wanted too.</param>
    /// <returns>Where the answer will be found after the step.</returns>
    public RowQuestion AskMostLikely(int row, IReadOnlyList<int> tokens) => Ask(new RowQuestion(row, tokens, wantsScores: false));

    /// <summary>Asks how likely certain tokens are to follow a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="tokens">The tokens.</param>
    /// <returns>Where the answer will be found after the step.</returns>
    public RowQuestion AskLikelihoods(int row, IReadOnlyList<int> tokens) => Ask(new RowQuestion(row, tokens, wantsScores: false));

    /// <summary>Asks for the scores of all tokens behind a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="tokens">Tokens whose likelihood is wanted too.</param>
    /// <returns>Where the answer will be found after the step.</returns>
    public RowQuestion AskScores(int row, IReadOnlyList<int> tokens) => Ask(new RowQuestion(row, tokens, wantsScores: true));

    /// <summary>The input of the language model: embeddings and image vectors in row order, zero rows appended as padding.</summary>
    /// <param name="language">The language model, for its embedding.</param>
    /// <param name="device">Where the model is.</param>
    /// <param name="paddedRows">The number of rows wanted, at least <see cref="Rows"/>.</param>
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

/// <summary>What is wanted to know about a row, and after the step the answer.</summary>
/// <param name="row">The row in its step.</param>
/// <param name="tokens">The tokens whose likelihood is wanted.</param>
/// <param name="wantsScores">Whether the scores of all tokens are wanted.</param>
internal sealed class RowQuestion(int row, IReadOnlyList<int> tokens, bool wantsScores)
{
    /// <summary>The row in its step.</summary>
    public int Row { get; } = row;

    /// <summary>The tokens whose likelihood is wanted.</summary>
    public IReadOnlyList<int> Tokens { get; } = tokens;

    /// <summary>Whether the scores of all tokens are wanted.</summary>
    public bool WantsScores { get; } = wantsScores;

    /// <summary>The most likely next token; the lowest id where several are equally likely.</summary>
    public int MostLikely { get; set; }

    /// <summary>Natural logarithm of the probability of each of <see cref="Tokens"/>.</summary>
    public IReadOnlyList<double> LogLikelihoods { get; set; } = [];

    /// <summary>The scores of all tokens [V], if wanted.</summary>
    public float[] Scores { get; set; } = [];
}
