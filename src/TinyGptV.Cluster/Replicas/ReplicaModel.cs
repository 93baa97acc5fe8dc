using TinyGptV.Cluster.Contracts;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Models;

namespace TinyGptV.Cluster.Replicas;

/// <summary>
/// The model of one replica: kept across runs until another checkpoint is asked for. A device seldom has room for two, so the old one is
/// let go before the new one is loaded, and loaded again if that fails.
/// </summary>
/// <param name="replica">The replica's name, one for each in the cluster, stable over restarts; without commas.</param>
/// <param name="source">Where the model came from.</param>
/// <param name="model">The model; disposed with this.</param>
public sealed class ReplicaModel(string replica, IModelSource source, IModelHandle model) : IAsyncDisposable
{
    private readonly ModelSwitch _switch = new(replica, source.Location);
    private readonly CancellationTokenSource _stop = new();
    private IModelSource _source = source;
    private volatile IModelHandle? _model = model;
    private volatile Task _loading = Task.CompletedTask;

    /// <summary>The replica's name.</summary>
    public string Replica { get; } = replica;

    /// <summary>How the replica is.</summary>
    public ReplicaStatus Status => _switch.Status with { Model = _model?.Model.Identity };

    /// <summary>The model's identity if it answers now; null while it takes no work.</summary>
    internal ModelIdentity? Identity => Status is { Phase: ReplicaPhase.Ready, Model: { } model } ? model : null;

    /// <summary>Ends when the replica has loaded what it was asked for, or has failed to.</summary>
    internal Task WhenLoaded => _loading;

    /// <summary>Takes a piece of work in hand, until the result is disposed; the model stays that long.</summary>
    /// <param name="expected">The model that the work is for; null for whichever there is.</param>
    /// <exception cref="ReplicaUnavailableException">The replica has another model, or none now.</exception>
    internal ModelUse Use(ModelIdentity? expected)
    {
        if (!_switch.TryTake(out string? reason))
            throw new ReplicaUnavailableException(reason);
        var use = new ModelUse(_model!.Model, _switch.Return);
        if (expected is null || use.Model.Identity.GivesSameNumbersAs(expected))
            return use;
        use.Dispose();
        throw new ReplicaUnavailableException($"The replica '{Replica}' has the model {use.Model.Identity.Name} now, which gives other numbers than {expected.Name}.");
    }

    /// <summary>Asks for another checkpoint. Of two requests the first one counts until it has ended.</summary>
    /// <param name="request">Which one.</param>
    /// <param name="begins">True if the replica begins to load now.</param>
    /// <returns>The answer, at once.</returns>
    internal ModelAnswer Load(ModelRequest request, out bool begins)
    {
        begins = false;
        try
        {
            // What cannot be found is told to the user before the old model is let go.
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

    /// <summary>Gives up loading, and loads nothing any more; work goes on.</summary>
    /// <returns>A task that ends when nothing is being loaded.</returns>
    internal async Task StopLoadingAsync()
    {
        _switch.Stop();
        await _stop.CancelAsync();
        await _loading;
    }

    /// <summary>Lets the model go; after the silo, which answers with it.</summary>
    /// <returns>A task that ends when its memory is free. What is still being loaded is given up, and not waited for.</returns>
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
            await RecoverAsync($"'{wanted.Location}' could not be loaded: {TextOf(exception)}");
        }
    }

    private async Task RecoverAsync(string problem)
    {
        try
        {
            // What was given up before the old model was let go leaves it in place.
            _model ??= await _source.LoadAsync(_stop.Token);
            _switch.Recovered(_source.Location, $"{problem} The replica has '{_source.Location}' again.");
        }
        catch (Exception exception)
        {
            _switch.Failed($"{problem} What the replica had before, '{_source.Location}', could not be loaded again either: {TextOf(exception)} Ask for another one.");
        }
    }

    private static string TextOf(Exception exception) => exception switch
    {
        PrerequisiteException or InvalidDataException => exception.Message,
        OperationCanceledException => "it was told to stop.",
        _ => $"{exception.GetType().Name}: {exception.Message}",
    };
}
