using TinyGptV.Cluster.Contracts;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Models;

namespace TinyGptV.Cluster.Replicas;

/// <summary>
/// The model of one replica, kept across runs until another checkpoint is requested. A device rarely has room for two, so the old model is
/// unloaded before the new one is loaded, and reloaded if that fails.
/// </summary>
/// <param name="replica">The replica's name: unique in the cluster, stable across restarts, without commas.</param>
/// <param name="source">Where the model comes from.</param>
/// <param name="model">The model; disposed with this object.</param>
public sealed class ReplicaModel(string replica, IModelSource source, IModelHandle model) : IAsyncDisposable
{
    private readonly ModelSwitch _switch = new(replica, source.Location);
    private readonly CancellationTokenSource _stop = new();
    private IModelSource _source = source;
    private volatile IModelHandle? _model = model;
    private volatile Task _loading = Task.CompletedTask;

    /// <summary>The replica's name.</summary>
    public string Replica { get; } = replica;

    /// <summary>The replica's status.</summary>
    public ReplicaStatus Status => _switch.Status with { Model = _model?.Model.Identity };

    /// <summary>The model's description; null while the replica takes no work.</summary>
    internal ModelDescription? Description => Status.Phase == ReplicaPhase.Ready && _model is { } handle ? ModelDescription.Of(handle.Model) : null;

    /// <summary>Ends when the requested model is loaded or loading has failed.</summary>
    internal Task WhenLoaded => _loading;

    /// <summary>Starts a piece of work; the model stays loaded until the result is disposed.</summary>
    /// <param name="expected">The model that the work needs; null for any.</param>
    /// <exception cref="ReplicaUnavailableException">The replica has another model, or none now.</exception>
    internal ModelUse Use(ModelIdentity? expected)
    {
        if (!_switch.TryTake(out string? reason))
            throw new ReplicaUnavailableException(reason);
        var use = new ModelUse(_model!.Model, _switch.Return);
        if (expected is null || use.Model.Identity.GivesSameNumbersAs(expected))
            return use;
        use.Dispose();
        throw new ReplicaUnavailableException(
            $"Replica '{Replica}' now has model {use.Model.Identity.Name}, whose results differ from those of {expected.Name}.");
    }

    /// <summary>Requests another checkpoint. While one request is in progress, others are refused.</summary>
    /// <param name="request">The checkpoint.</param>
    /// <param name="begins">True if the replica starts loading now.</param>
    /// <returns>The answer, at once.</returns>
    internal ModelAnswer Load(ModelRequest request, out bool begins)
    {
        begins = false;
        try
        {
            // Reports a missing checkpoint before the old model is unloaded.
            IModelSource wanted = _source.Another(request.Location);
            ModelAnswer answer = _switch.Ask(request.Id, wanted.Location, out begins);
            if (begins)
                _loading = SwitchAsync(wanted);
            return answer;
        }
        catch (PrerequisiteException exception)
        {
            return new ModelAnswer(Replica, ModelRequestStatus.Refused, exception.Message);
        }
    }

    /// <summary>Stops loading and refuses further requests; work goes on.</summary>
    /// <returns>A task that ends when no load is in progress.</returns>
    internal async Task StopLoadingAsync()
    {
        _switch.Stop();
        await _stop.CancelAsync();
        await _loading;
    }

    /// <summary>Unloads the model. Call it after the silo has stopped, since the silo uses the model.</summary>
    /// <returns>A task that ends when its memory is free. A load in progress is abandoned, not awaited.</returns>
    public async ValueTask DisposeAsync()
    {
        _switch.Stop();
        await _stop.CancelAsync();
        if (_loading.IsCompleted && Interlocked.Exchange(ref _model, null) is { } last)
            await last.DisposeAsync();
    }

    private async Task SwitchAsync(IModelSource wanted)
    {
        try
        {
            await _switch.WhenEmpty.WaitAsync(_stop.Token);
            if (Interlocked.Exchange(ref _model, null) is { } old)
                await old.DisposeAsync();
            _model = await wanted.LoadAsync(_stop.Token);
            _source = wanted;
            _switch.Loaded();
        }
        catch (Exception exception)
        {
            await RecoverAsync($"Could not load '{wanted.Location}': {TextOf(exception)}");
        }
    }

    private async Task RecoverAsync(string problem)
    {
        try
        {
            // The old model is still there if loading stopped before unloading it.
            _model ??= await _source.LoadAsync(_stop.Token);
            _switch.Recovered(_source.Location, $"{problem} The replica is back on '{_source.Location}'.");
        }
        catch (Exception exception)
        {
            _switch.Failed(
                $"{problem} The previous model, '{_source.Location}', could not be reloaded either: {TextOf(exception)} Load another one.");
        }
    }

    private static string TextOf(Exception exception) => exception switch
    {
        PrerequisiteException or InvalidDataException => exception.Message,
        OperationCanceledException => "the replica is shutting down.",
        _ => $"{exception.GetType().Name}: {exception.Message}",
    };
}
