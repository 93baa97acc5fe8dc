using TinyGptV.Cluster.Replicas;
using TinyGptV.Evaluation.Inference;

namespace TinyGptV.Cluster.Tests.Doubles;

/// <summary>A model that needs no loading.</summary>
internal sealed class HeldModel(IVisionLanguageModel model, string location = "held") : IModelSource, IModelLease
{
    public string Location => location;

    public IVisionLanguageModel Model => model;

    /// <summary>How often it was let go.</summary>
    public int Disposals { get; private set; }

    public Task<IModelLease> LoadAsync(CancellationToken cancellationToken) => Task.FromResult<IModelLease>(this);

    public ValueTask DisposeAsync()
    {
        Disposals++;
        return ValueTask.CompletedTask;
    }
}
