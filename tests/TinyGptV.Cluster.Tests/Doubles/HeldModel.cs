using TinyGptV.Cluster.Replicas;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Models;

namespace TinyGptV.Cluster.Tests.Doubles;

/// <summary>A model under a test's control, and its location: loading takes as long as the test wants.</summary>
internal sealed class HeldModel(IVisionLanguageModel model, string location = "held") : IModelSource, IModelHandle
{
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private HeldModel[] _known = [];

    public string Location => location;

    public IVisionLanguageModel Model => model;

    /// <summary>Called during each load; an exception makes the load fail.</summary>
    public Func<CancellationToken, Task>? Before { get; init; }

    /// <summary>Ends when loading starts.</summary>
    public Task WhenAsked => _asked.Task;

    /// <summary>How often it was loaded.</summary>
    public int Loads { get; private set; }

    /// <summary>How often it was unloaded.</summary>
    public int Disposals { get; private set; }

    /// <summary>A replica with this model that can load others.</summary>
    public ReplicaModel As(string replica, params HeldModel[] others)
    {
        HeldModel[] all = [.. others, this];
        foreach (HeldModel one in all)
            one._known = all;
        return new ReplicaModel(replica, this, this);
    }

    public IModelSource Another(string location) =>
        _known.FirstOrDefault(one => one.Location == location) ?? throw new PrerequisiteException($"No '{location}'. Name an existing one.");

    public async Task<IModelHandle> LoadAsync(CancellationToken cancellationToken)
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
