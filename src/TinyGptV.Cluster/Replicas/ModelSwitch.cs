using System.Diagnostics.CodeAnalysis;
using TinyGptV.Cluster.Contracts;

namespace TinyGptV.Cluster.Replicas;

/// <summary>
/// The states of a replica between two checkpoints: ready, loading (first without new work until nothing is in hand, then without a model),
/// ready again or failed. Touches no model. Safe for concurrent use.
/// </summary>
/// <param name="replica">The replica's name, for messages.</param>
/// <param name="location">Where the model that it has is from.</param>
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

    /// <summary>The replica as others see it, but for what does not change with a checkpoint.</summary>
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

    /// <summary>Ends, after a request began, when nothing is in hand any more.</summary>
    public Task WhenEmpty
    {
        get
        {
            lock (_lock)
                return _empty.Task;
        }
    }

    /// <summary>Decides about a request.</summary>
    /// <returns>The answer; with <see cref="ModelRequestStatus.Begun"/> and <paramref name="begins"/> whoever asked has to load now.</returns>
    public ModelAnswer Ask(Guid request, string wanted, out bool begins)
    {
        lock (_lock)
        {
            begins = false;
            if (request == _request)
                return Answer(ModelRequestStatus.Begun);
            if (_stopping)
                return Answer(ModelRequestStatus.Refused, $"The replica '{replica}' was told to stop and loads nothing more. Ask the one that takes its place.");
            if (_phase == ReplicaPhase.Loading)
                return Answer(ModelRequestStatus.Refused, $"The replica '{replica}' is loading '{_location}'. Ask again when it is ready; 'tinygptv replicas' tells.");
            if (_phase == ReplicaPhase.Ready && wanted == _location)
                return Answer(ModelRequestStatus.Unchanged);
            begins = true;
            Begin(request, wanted);
            return Answer(ModelRequestStatus.Begun);
        }
    }

    /// <summary>Takes a piece of work in hand.</summary>
    /// <returns>False if the replica takes none: <paramref name="reason"/> says why.</returns>
    public bool TryTake([NotNullWhen(false)] out string? reason)
    {
        lock (_lock)
        {
            reason = _phase switch
            {
                ReplicaPhase.Ready => null,
                ReplicaPhase.Loading => $"The replica '{replica}' loads another model and takes nothing until it has it.",
                _ => $"The replica '{replica}' has no model: {_problem}",
            };
            if (reason is null)
                _inHand++;
            return reason is null;
        }
    }

    /// <summary>A piece of work is done or given up.</summary>
    public void Return()
    {
        lock (_lock)
        {
            _inHand--;
            RaiseIfEmpty();
        }
    }

    /// <summary>The replica has what it was asked for.</summary>
    public void Loaded()
    {
        lock (_lock)
            _phase = ReplicaPhase.Ready;
    }

    /// <summary>The replica has what it had before.</summary>
    public void Recovered(string before, string problem)
    {
        lock (_lock)
            (_phase, _location, _problem) = (ReplicaPhase.Ready, before, problem);
    }

    /// <summary>The replica has nothing.</summary>
    public void Failed(string problem)
    {
        lock (_lock)
            (_phase, _location, _problem) = (ReplicaPhase.Failed, null, problem);
    }

    /// <summary>No further request begins.</summary>
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

    // Who waits continues in a turn of its own, not inside the one that returned its work.
    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
