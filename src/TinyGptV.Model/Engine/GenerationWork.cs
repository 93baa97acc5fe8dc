using System.Collections.Immutable;
using TinyGptV.Model.Engine.Caches;
using TinyGptV.Model.Engine.Decoding;
using static TorchSharp.torch;

namespace TinyGptV.Model.Engine;

/// <summary>Generation: prefills the prompt, then decodes one token per step until the end token or the limit.</summary>
/// <param name="image">The image.</param>
/// <param name="prompt">The prompt.</param>
/// <param name="model">Facts about the model.</param>
/// <param name="options">How tokens are chosen.</param>
/// <param name="cancellationToken">Abandons the request.</param>
internal sealed class GenerationWork(PreparedImage image, ImagePrompt prompt, ModelFacts model, DecodingOptions options, CancellationToken cancellationToken)
    : SequenceWork(image, prompt, model, cancellationToken)
{
    private readonly TaskCompletionSource<GeneratedTokens> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<int> _generated = [];
    private readonly TokenChooser _chooser = new(options, model.EndToken);
    private RowQuestion? _next;
    private RowQuestion? _first;

    /// <summary>The result.</summary>
    public Task<GeneratedTokens> Result => _result.Task;

    public override int RowsDue => HasEnded || HasStopped || _generated.Count == options.MaxNewTokens ? 0 : _generated.Count == 0 ? PromptRowsDue : 1;

    protected override int FurtherRows => options.MaxNewTokens;

    private bool HasEnded => _generated.Count > 0 && _generated[^1] == Model.EndToken;

    private bool HasStopped => _generated.Count > 0 && options.StopTokens.Contains(_generated[^1]);

    public override void AddRows(PackedStep step, Func<Tensor> imageVectors)
    {
        if (_generated.Count == 0)
        {
            AddPrompt(step, imageVectors);
        }
        else
        {
            step.AddTokens([_generated[^1]]);
            step.EndSpan(Cache!);
        }

        int row = step.Rows - 1;
        ImmutableArray<int> reported = _first is null ? Model.FirstTokens : [];
        _next = options.TakesMostLikely ? step.AskMostLikely(row, reported) : step.AskScores(row, reported);
        _first ??= _next;
    }

    public override void Advance() =>
        _generated.Add(options.TakesMostLikely ? _next!.MostLikely : _chooser.Choose(_next!.Scores, [.. Model.BeginTokens, .. _generated]));

    public override void Complete() => _result.TrySetResult(new GeneratedTokens([.. _generated], HasEnded, _first!.LogLikelihoods));

    public override void Fail(Exception reason) => Fail(_result, reason);
}

/// <summary>The result of decoding.</summary>
/// <param name="Ids">The new tokens, including the end token if generated.</param>
/// <param name="Ended">Whether the end token was generated.</param>
/// <param name="First">The log-likelihood of each of <see cref="ModelFacts.FirstTokens"/> as first token.</param>
internal sealed record GeneratedTokens(ImmutableArray<int> Ids, bool Ended, IReadOnlyList<double> First);
