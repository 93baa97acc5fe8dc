using TinyGptV.Model.Engine.Caches;
using TinyGptV.Model.Engine.Scheduling;

using static TorchSharp.torch;

namespace TinyGptV.Model.Engine;

/// <summary>What the engine's thread does, one step at a time: choose work, encode new images, run the model, hand results out.</summary>
internal sealed class EngineSteps : IDisposable
{
    private readonly ModelRunner _runner;
    private readonly ImageVectors _images;
    private readonly PromptPrefixes _prompts;
    private readonly ContinuousBatcher<SequenceWork> _batcher;
    private readonly List<SequenceWork> _left = [];

    public EngineSteps(ModelRunner runner, ImageVectors images, EngineOptions options)
    {
        (_runner, _images) = (runner, images);
        _prompts = new PromptPrefixes(runner.SharesPrompts ? options.PromptPrefixBytes : 0);
        _batcher = new ContinuousBatcher<SequenceWork>(options.MaxBatch, options.MaxRowsPerStep, joins: work => work.Begin(runner, _prompts));
    }

    public bool IsIdle => _batcher.IsIdle;

    public int FreePlaces => _batcher.FreePlaces;

    public void Add(SequenceWork work) => _batcher.Add(work);

    /// <summary>Runs one step. A failure fails all requests in flight, but never the engine.</summary>
    public void RunOne()
    {
        try
        {
            IReadOnlyList<SequenceWork> batch = _batcher.Next(_left);
            if (batch.Count > 0)
                Run(batch);
            HandOut();
        }
        catch (Exception e)
        {
            foreach (SequenceWork work in _batcher.Clear())
                GiveUp(work, e);
            foreach (SequenceWork work in _left)
                GiveUp(work, e);
            _left.Clear();
            _prompts.Clear(); // the step may have left prompts half computed
        }
    }

    public void Dispose()
    {
        _prompts.Clear();
        _images.Clear();
    }

    private void Run(IReadOnlyList<SequenceWork> batch)
    {
        var step = new PackedStep();
        foreach (SequenceWork work in batch)
            work.AddRows(step, () => VectorsOf(work.Image));
        _runner.Run(step);
        foreach (SequenceWork work in batch)
            work.Advance();
    }

    private Tensor VectorsOf(PreparedImage image)
    {
        image.Held ??= _images.TryHold(image.Digest) ?? _images.Add(image.Digest, _runner.EncodeImage(image.Pixels));
        return image.Held.Vectors;
    }

    private void HandOut()
    {
        foreach (SequenceWork work in _left)
        {
            if (work.IsAbandoned)
                work.Fail(new OperationCanceledException());
            else
                work.Complete();
            work.Dispose();
        }

        _left.Clear();
    }

    private static void GiveUp(SequenceWork work, Exception reason)
    {
        work.Fail(reason);
        work.Dispose();
    }
}
