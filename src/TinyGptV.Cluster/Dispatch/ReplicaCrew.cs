namespace TinyGptV.Cluster.Dispatch;

/// <summary>The loops of a run's replicas.</summary>
internal sealed class ReplicaCrew(ReplicaPauses pauses)
{
    private readonly Dictionary<string, (ReplicaSeat Seat, Task Loop)> _loops = new(StringComparer.Ordinal);
    private readonly HashSet<string> _strangers = new(StringComparer.Ordinal);

    public ReplicaPauses Pauses { get; } = pauses;

    /// <summary>True if the replica has no loop and is not left alone.</summary>
    public bool MayStart(string replica) => !_loops.ContainsKey(replica) && Pauses.MayWork(replica);

    public void Start(ReplicaSeat seat, Task loop) => _loops.Add(seat.Replica, (seat, loop));

    /// <summary>Gives up on the replicas whose silo was declared dead.</summary>
    public void DeclareGone(Func<SiloAddress, bool> isGone)
    {
        foreach (var (seat, _) in _loops.Values.Where(entry => isGone(entry.Seat.Silo)))
            seat.DeclareGone();
    }

    /// <summary>True once for each replica: a model that does not fit is worth one line in the log.</summary>
    public bool IsNewStranger(string replica) => _strangers.Add(replica);

    /// <summary>Waits until a loop or the time is over, and forgets the loops that are.</summary>
    /// <exception cref="Exception">What ended a loop, if it was not the loss of its replica.</exception>
    public async Task WhenAnyEndsAsync(Task time)
    {
        await Task.WhenAny([time, .. _loops.Values.Select(entry => entry.Loop)]);
        foreach (var (seat, loop) in _loops.Values.Where(entry => entry.Loop.IsCompleted).ToArray())
        {
            _loops.Remove(seat.Replica);
            seat.Dispose();
            await loop;
        }
    }

    /// <summary>Waits until every loop is over.</summary>
    /// <exception cref="Exception">What ended a loop, if it was neither the loss of its replica nor that it was stopped.</exception>
    public async Task WhenAllEndAsync()
    {
        Task[] loops = [.. _loops.Values.Select(entry => entry.Loop)];
        await Task.WhenAll(loops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        foreach (var (seat, _) in _loops.Values)
            seat.Dispose();
        await Task.WhenAll(loops.Where(loop => loop.IsFaulted));
    }
}
