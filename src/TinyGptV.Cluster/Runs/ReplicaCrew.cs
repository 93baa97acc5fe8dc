namespace TinyGptV.Cluster.Runs;

/// <summary>The loops of a run's replicas.</summary>
internal sealed class ReplicaCrew(ReplicaPauses pauses)
{
    private readonly Dictionary<string, Task> _loops = new(StringComparer.Ordinal);
    private readonly HashSet<string> _strangers = new(StringComparer.Ordinal);

    public ReplicaPauses Pauses { get; } = pauses;

    /// <summary>True if the replica has no loop and is not left alone.</summary>
    public bool MayStart(string replica) => !_loops.ContainsKey(replica) && Pauses.MayWork(replica);

    public void Start(string replica, Task loop) => _loops.Add(replica, loop);

    /// <summary>True once for each replica: a model that does not fit is worth one line in the log.</summary>
    public bool IsNewStranger(string replica) => _strangers.Add(replica);

    /// <summary>Waits until a loop or the time is over, and forgets the loops that are.</summary>
    /// <exception cref="Exception">What ended a loop, if it was not the loss of its replica.</exception>
    public async Task WhenAnyEndsAsync(Task time)
    {
        await Task.WhenAny([time, .. _loops.Values]);
        foreach ((string replica, Task loop) in _loops.Where(entry => entry.Value.IsCompleted).ToArray())
        {
            _loops.Remove(replica);
            await loop;
        }
    }

    /// <summary>Waits until every loop is over.</summary>
    /// <exception cref="Exception">What ended a loop, if it was neither the loss of its replica nor that it was stopped.</exception>
    public async Task WhenAllEndAsync()
    {
        await ((Task)Task.WhenAll(_loops.Values)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await Task.WhenAll(_loops.Values.Where(loop => loop.IsFaulted));
    }
}
