using TinyGptV.Evaluation.Models;

namespace TinyGptV.Cluster.Replicas;

/// <summary>A model that stays loaded until this is disposed.</summary>
internal sealed class ModelUse(IVisionLanguageModel model, Action end) : IDisposable
{
    private Action? _end = end;

    public IVisionLanguageModel Model { get; } = model;

    public void Dispose() => Interlocked.Exchange(ref _end, null)?.Invoke();
}
