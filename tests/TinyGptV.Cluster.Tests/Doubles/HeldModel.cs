using TinyGptV.Cluster.Replicas;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Models;

namespace TinyGptV.Cluster.Tests.Doubles;

/// <summary>A model that a test holds in its hands, and its location: loading takes as long as the test wants.</summary>
internal sealed class HeldModel(IVisionLanguageModel model, string location = "held") : IModelSource, IModelLease
{
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Location => location;

    public IVisionLanguageModel Model => model;

    /// <summary>Called for each loading before it ends; what it throws is why there is no model.</summary>
    public Func<CancellationToken, Task>? Before { get; init; }

    /// <summary>Ends when the model is asked for.</summary>
    public Task WhenAsked => _asked.Task;

    /// <summary>How often it was loaded.</summary>
    public int Loads { get; private set; }

    /// <summary>How often it was let go.</summary>
    public int Disposals { get; private set; }

    /// <summary>A replica that has this model, and can be asked for others.</summary>
    public ReplicaModel As(string replica, params HeldModel[] others) => new(
        replica, this, this,
        wanted => others.Append(this).FirstOrDefault(one => one.Location == wanted) ?? throw new PrerequisiteException($"There is no '{wanted}'. Name one that is there."));

    public async Task<IModelLease> LoadAsync(CancellationToken cancellationToken)
    {
        Loads++;
        _asked.TrySetResult();
        if (Before is not null)
            await Before(cancellationToken);
        return this;
    }

    public ValueTask DisposeAsync()
    {
        Disposals++;
        return ValueTask.CompletedTask;
    }
}
