using System.Diagnostics.CodeAnalysis;
using TinyGptV.Cluster.Contracts;

namespace TinyGptV.Cluster.Replicas;

/// <summary>
/// State machine of a replica that switches checkpoints: ready, loading (drains, then has no model), then ready again or failed. Does not
/// touch the model. Safe for concurrent use.
/// </summary>
/// <param name="replica">The replica's name, for messages.</param>
/// <param name="location">Where its model comes from.</param>
internal sealed class ModelSwitch(string replica, string location)
{
    private readonly Lock _lock = new();
    private ReplicaPhase _phase = ReplicaPhase.Ready;
    private string? _location = location;
    private string? _problem;
    private Guid? _request;
    private int _inHand;
    private bool _stopping;
    private TaskCompletionSource _empty = NewSource();

    /// <summary>The replica's status, without silo and model.</summary>
    public ReplicaStatus Status
    {
        get
        {
            lock (_lock)
                return new ReplicaStatus
                {
                    Replica = replica,
                    Phase = _stopping ? ReplicaPhase.Draining : _phase,
                    Location = _location,
                    WorkInHand = _inHand,
                    Request = _request,
                    Problem = _problem,
                };
        }
    }

    /// <summary>Ends when an accepted request has drained the replica: no work is left in flight.</summary>
    public Task WhenEmpty
    {
        get
        {
            lock (_lock)
                return _empty.Task;
        }
    }

    /// <summary>Accepts or refuses a load request.</summary>
    /// <returns>The answer. If <paramref name="begins"/> is true, the caller must load now.</returns>
    public ModelAnswer Ask(Guid request, string wanted, out bool begins)
    {
        lock (_lock)
        {
            begins = false;
            if (request == _request)
                return Answer(ModelRequestStatus.Begun);
            if (_stopping)
                return Answer(ModelRequestStatus.Refused, $"Replica '{replica}' is shutting down. Send the request to its successor.");
            if (_phase == ReplicaPhase.Loading)
            {
                return Answer(
                    ModelRequestStatus.Refused, $"Replica '{replica}' is loading '{_location}'. Try again when it is ready (see 'tinygptv replicas').");
            }
            if (_phase == ReplicaPhase.Ready && wanted == _location)
                return Answer(ModelRequestStatus.Unchanged);
            begins = true;
            Begin(request, wanted);
            return Answer(ModelRequestStatus.Begun);
        }
    }

    /// <summary>Starts a piece of work.</summary>
    /// <returns>False if the replica takes none; <paramref name="reason"/> says why.</returns>
    public bool TryTake([NotNullWhen(false)] out string? reason)
    {
        lock (_lock)
        {
            reason = _phase switch
            {
                ReplicaPhase.Ready => null,
                ReplicaPhase.Loading => $"Replica '{replica}' is loading another model and takes no work until it is ready.",
                _ => $"Replica '{replica}' has no model: {_problem}",
            };
            if (reason is null)
                _inHand++;
            return reason is null;
        }
    }

    /// <summary>Ends a piece of work, whether done or given up.</summary>
    public void Return()
    {
        lock (_lock)
        {
            _inHand--;
            RaiseIfEmpty();
        }
    }

    /// <summary>The requested model is loaded.</summary>
    public void Loaded()
    {
        lock (_lock)
            _phase = ReplicaPhase.Ready;
    }

    /// <summary>The previous model is back in use.</summary>
    public void Recovered(string before, string problem)
    {
        lock (_lock)
            (_phase, _location, _problem) = (ReplicaPhase.Ready, before, problem);
    }

    /// <summary>The replica has no model.</summary>
    public void Failed(string problem)
    {
        lock (_lock)
            (_phase, _location, _problem) = (ReplicaPhase.Failed, null, problem);
    }

    /// <summary>From now on, requests are refused.</summary>
    public void Stop()
    {
        lock (_lock)
            _stopping = true;
    }

    private void Begin(Guid request, string wanted)
    {
        (_phase, _location, _problem, _request) = (ReplicaPhase.Loading, wanted, null, request);
        _empty = NewSource();
        RaiseIfEmpty();
    }

    private void RaiseIfEmpty()
    {
        if (_inHand == 0 && _phase == ReplicaPhase.Loading)
            _empty.TrySetResult();
    }

    private ModelAnswer Answer(ModelRequestStatus status, string? problem = null) => new(replica, status, problem);

    // Continuations run separately, not inside the call that returned the last work.
    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
