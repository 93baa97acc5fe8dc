using System.Collections.Immutable;
using TinyGptV.Model.Engine.Caches;
using TinyGptV.Model.Language;
using static TorchSharp.torch;

namespace TinyGptV.Model.Engine;

/// <summary>
/// Log-likelihoods of candidate continuations: prefills the prompt once, then runs all candidates together, each on a fork of the prompt's
/// KV cache. The original runs the whole model again for every candidate.
/// </summary>
internal sealed class RankingWork(
    PreparedImage image, ImagePrompt prompt, ModelFacts model, ImmutableArray<ImmutableArray<int>> candidates, CancellationToken cancellationToken)
    : SequenceWork(image, prompt, model, cancellationToken)
{
    private readonly TaskCompletionSource<ImmutableArray<double>> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly double[] _sums = new double[candidates.Length];
    private readonly List<KvCache> _forks = [];
    private readonly List<(int Candidate, RowQuestion Question)> _asked = [];
    private RowQuestion? _first;
    private Phase _phase = Phase.Prompt;

    private enum Phase
    {
        Prompt,
        Candidates,
        Done,
    }

    /// <summary>For each candidate, the sum of its tokens' log-likelihoods.</summary>
    public Task<ImmutableArray<double>> Result => _result.Task;

    public override int RowsDue => _phase switch
    {
        Phase.Prompt => PromptRowsDue,
        Phase.Candidates => candidates.Sum(c => c.Length - 1),
        _ => 0,
    };

    protected override int FurtherRows => 0; // each candidate has its own

    public override void AddRows(PackedStep step, Func<Tensor> imageVectors)
    {
        if (_phase == Phase.Prompt)
        {
            AddPrompt(step, imageVectors);
            _first = step.AskLikelihoods(step.Rows - 1, [.. candidates.Select(c => c[0])]);
        }
        else
        {
            for (int i = 0; i < candidates.Length; i++)
                AddCandidate(step, i);
        }
    }

    public override void Advance()
    {
        if (_phase == Phase.Prompt)
        {
            for (int i = 0; i < _sums.Length; i++)
                _sums[i] = _first!.LogLikelihoods[i];
            _phase = candidates.Any(c => c.Length > 1) ? Phase.Candidates : Phase.Done;
        }
        else
        {
            foreach ((int candidate, RowQuestion question) in _asked)
                _sums[candidate] += question.LogLikelihoods[0];
            _phase = Phase.Done;
        }
    }

    public override void Complete() => _result.TrySetResult([.. _sums]);

    public override void Fail(Exception reason) => Fail(_result, reason);

    public override void Dispose()
    {
        foreach (KvCache fork in _forks)
            fork.Dispose();
        base.Dispose();
    }

    // The last token is not fed: its logits are not needed.
    private void AddCandidate(PackedStep step, int index)
    {
        ImmutableArray<int> tokens = candidates[index];
        if (tokens.Length == 1)
            return;
        KvCache fork = Cache!.Fork(tokens.Length - 1);
        _forks.Add(fork);
        int start = step.Rows;
        step.AddTokens(tokens[..^1]);
        step.EndSpan(fork);
        for (int i = 1; i < tokens.Length; i++)
            _asked.Add((index, step.AskLikelihoods(start + i - 1, [tokens[i]])));
    }
}
