using System.Collections.Immutable;
using static TorchSharp.torch;

namespace TinyGptV.Model.Engine;

/// <summary>Greedy decoding: the prompt first, then one token a step until the end token or the limit.</summary>
internal sealed class GenerationWork(PreparedImage image, ImagePrompt prompt, int imageRows, int maxNewTokens, int endToken, CancellationToken cancellationToken)
    : SequenceWork(image, prompt, imageRows, cancellationToken)
{
    private readonly TaskCompletionSource<GeneratedTokens> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ImmutableArray<int>.Builder _generated = ImmutableArray.CreateBuilder<int>();
    private RowQuestion? _next;

    /// <summary>The result, once there is one.</summary>
    public Task<GeneratedTokens> Result => _result.Task;

    public override int RowsDue => HasEnded || _generated.Count == maxNewTokens ? 0 : _generated.Count == 0 ? PromptRows : 1;

    private bool HasEnded => _generated.Count > 0 && _generated[^1] == endToken;

    public override void AddRows(PackedStep step, ModelRunner runner, Func<Tensor> imageVectors)
    {
        if (Cache is null)
        {
            Cache = runner.NewCache(PromptRows + maxNewTokens);
            AddPrompt(step, imageVectors);
        }
        else
        {
            step.AddTokens([_generated[^1]]);
            step.EndSpan(Cache);
        }

        _next = step.Ask(step.Rows - 1, []);
    }

    public override void Advance() => _generated.Add(_next!.MostLikely);

    public override void Complete() => _result.TrySetResult(new GeneratedTokens(_generated.ToImmutable(), HasEnded));

    public override void Fail(Exception reason)
    {
        if (CancellationToken.IsCancellationRequested) _result.TrySetCanceled(CancellationToken);
        else _result.TrySetException(reason);
    }
}

/// <summary>What greedy decoding gave.</summary>
/// <param name="Ids">The new tokens, the end token included if it came.</param>
/// <param name="Ended">Whether the end token came.</param>
internal sealed record GeneratedTokens(ImmutableArray<int> Ids, bool Ended);
