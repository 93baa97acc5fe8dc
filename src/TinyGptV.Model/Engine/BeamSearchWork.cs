using System.Collections.Immutable;
using TinyGptV.Model.Engine.Caches;
using TinyGptV.Model.Engine.Decoding;
using TinyGptV.Model.Language;
using static TorchSharp.torch;

namespace TinyGptV.Model.Engine;

/// <summary>Beam search: prefills the prompt once, then adds one row per beam, each with its own fork of the KV cache.</summary>
/// <param name="image">The image.</param>
/// <param name="prompt">The prompt.</param>
/// <param name="model">Facts about the model.</param>
/// <param name="options">Number of beams and how they are compared.</param>
/// <param name="cancellationToken">Abandons the request.</param>
internal sealed class BeamSearchWork(PreparedImage image, ImagePrompt prompt, ModelFacts model, DecodingOptions options, CancellationToken cancellationToken)
    : SequenceWork(image, prompt, model, cancellationToken)
{
    private readonly TaskCompletionSource<GeneratedTokens> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly BeamSearch _search = new(options, model.BeginTokens, model.EndToken);
    private IReadOnlyList<KvCache> _caches = []; // one per beam of the last step
    private IReadOnlyList<RowQuestion> _questions = [];
    private RowQuestion? _first;

    /// <summary>The result.</summary>
    public Task<GeneratedTokens> Result => _result.Task;

    public override int RowsDue => _search.IsDone ? 0 : _first is null ? PromptRowsDue : options.NumBeams;

    protected override int FurtherRows => 0; // each beam has its own

    public override void AddRows(PackedStep step, Func<Tensor> imageVectors)
    {
        if (_first is null)
        {
            AddPrompt(step, imageVectors);
            _first = step.AskScores(step.Rows - 1, Model.FirstTokens);
            _questions = [.. Enumerable.Repeat(_first, options.NumBeams)]; // all beams start equal
            return;
        }

        IReadOnlyList<KvCache> parents = _caches;
        _caches = [.. _search.Beams.Select(beam => (parents.Count == 0 ? Cache! : parents[beam.Parent]).Fork(extra: 1))];
        foreach (KvCache parent in parents)
            parent.Dispose();
        _questions = [.. _search.Beams.Zip(_caches, (beam, cache) => AddBeam(step, beam, cache))];
    }

    public override void Advance() => _search.Advance([.. _questions.Select(question => LogitProcessing.LogSoftmax(question.Scores))]);

    public override void Complete()
    {
        (ImmutableArray<int> tokens, _) = _search.Result();
        _result.TrySetResult(new GeneratedTokens(tokens, tokens.Length > 0 && tokens[^1] == Model.EndToken, _first!.LogLikelihoods));
    }

    public override void Fail(Exception reason) => Fail(_result, reason);

    public override void Dispose()
    {
        foreach (KvCache cache in _caches)
            cache.Dispose();
        base.Dispose();
    }

    private static RowQuestion AddBeam(PackedStep step, Beam beam, KvCache cache)
    {
        step.AddTokens([beam.Tokens[^1]]);
        step.EndSpan(cache);
        return step.AskScores(step.Rows - 1, []);
    }
}
