using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Orleans.Placement;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Cluster.Placement;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Inference;
using TinyGptV.Evaluation.Models;

namespace TinyGptV.Cluster.Replicas;

/// <inheritdoc cref="IModelReplicaGrain"/>
/// <remarks>
/// Calls interleave so that leases overlap in the model. A call keeps only its own state across an await: the grain itself can only stop
/// leases in flight and remember its last storage problem, and model and image source are safe for concurrent use. It stays as long as its silo:
/// elsewhere it would have no model.
/// </remarks>
[ReplicaPlacement]
[KeepAlive]
[Immovable]
internal sealed partial class ModelReplicaGrain(
    ReplicaModels models, IImageSource images, ReplicaDrain drain, ILocalSiloDetails silo, TimeProvider timeProvider, ILogger<ModelReplicaGrain> logger)
    : Grain, IModelReplicaGrain
{
    private readonly LeaseWork _work = new(timeProvider);
    private string? _storageProblem;

    private ReplicaModel Model => models.Of(this.GetPrimaryKeyString());

    public Task<ModelDescription?> DescribeAsync(CancellationToken cancellationToken) => Task.FromResult(Model.Description);

    public Task<ReplicaStatus> GetStatusAsync(CancellationToken cancellationToken) => Task.FromResult(WithStorage(Model.Status with { Silo = silo.Name }));

    public Task<ModelAnswer> LoadAsync(ModelRequest request, CancellationToken cancellationToken)
    {
        ModelAnswer answer = Model.Load(request, out bool begins);
        if (begins)
            TellLoadingAsync(Model).Ignore();
        return Task.FromResult(answer);
    }

    public async IAsyncEnumerable<StorageFinding> CheckStorageAsync(StorageCheck check, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        StorageFinding finding = await new StorageReading(this.GetPrimaryKeyString(), images, timeProvider).CheckAsync(check, cancellationToken);
        if (finding.Problem is { } problem)
            LogCannotRead(logger, this.GetPrimaryKeyString(), check.Run, problem);
        _storageProblem = finding.Problem;
        yield return finding;
    }

    public async IAsyncEnumerable<EvaluatedPart> EvaluateAsync(LeaseAssignment assignment, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string replica = this.GetPrimaryKeyString();
        using IDisposable work = drain.Begin(replica, assignment.Run);
        using ModelUse use = Model.Use(assignment.Model);
        foreach (PartAssignment part in assignment.Parts)
            LogBegins(logger, replica, assignment.Run, part.Shard);
        var evaluation = new SampleEvaluation(use.Model, new LeaseImages(replica, images, assignment, timeProvider));
        await foreach (EvaluatedPart part in _work.EvaluateAsync(evaluation, assignment, cancellationToken))
        {
            yield return part;
            if (part.Lines is not null)
                LogDone(logger, replica, assignment.Run, assignment.Parts[part.Part].Shard);
        }
    }

    public Task GiveUpAsync(Guid lease, CancellationToken cancellationToken) => _work.GiveUpAsync(lease);

    /// <summary>A replica that cannot read what a run needs has a model, but is not ready.</summary>
    private ReplicaStatus WithStorage(ReplicaStatus status) => status.Phase == ReplicaPhase.Ready && _storageProblem is { } problem
        ? status with { Phase = ReplicaPhase.Paused, Problem = problem }
        : status;

    private async Task TellLoadingAsync(ReplicaModel model)
    {
        LogLoads(logger, model.Replica, model.Status.Location);
        await model.WhenLoaded;
        if (model.Status is { Problem: { } problem })
            LogNotLoaded(logger, model.Replica, problem);
        else
            LogLoaded(logger, model.Replica, model.Status.Location);
    }
}
