namespace TinyGptV.Evaluation.Sharding;

/// <summary>
/// Whose turn it is when several runs want a replica: the run of the highest priority, and among equals the one that had the least of
/// the replicas' time so far. A run that comes later begins where the least of its equals is: it neither makes up for what it missed
/// nor waits until it has caught up. Not safe for concurrent use.
/// </summary>
/// <typeparam name="TRun">What names a run.</typeparam>
public sealed class FairShares<TRun> where TRun : notnull
{
    private readonly Dictionary<TRun, Account> _accounts = [];

    /// <summary>Lets a run take part, or gives it another priority.</summary>
    /// <param name="run">The run.</param>
    /// <param name="priority">The higher, the sooner.</param>
    public void Join(TRun run, int priority)
    {
        if (_accounts.TryGetValue(run, out Account? account) && account.Priority == priority)
            return;
        double[] used = [.. _accounts.Where(entry => entry.Value.Priority == priority).Select(entry => entry.Value.Used)];
        _accounts[run] = new Account(priority) { Used = used.DefaultIfEmpty(0).Min() };
    }

    /// <summary>Lets a run take part no more.</summary>
    /// <param name="run">The run.</param>
    public void Leave(TRun run) => _accounts.Remove(run);

    /// <summary>Whose turn it is.</summary>
    /// <param name="waiting">The runs that want a replica, in the order in which they came; at least one. Each takes part.</param>
    /// <returns>One of them; the first of several with equal claims.</returns>
    public TRun Choose(IEnumerable<TRun> waiting) => waiting.Select((run, order) => (Run: run, Account: _accounts[run], Order: order))
        .OrderByDescending(entry => entry.Account.Priority).ThenBy(entry => entry.Account.Used).ThenBy(entry => entry.Order).First().Run;

    /// <summary>Counts what a run had. Harmless if it takes part no more.</summary>
    /// <param name="run">The run.</param>
    /// <param name="time">How long a replica worked for it.</param>
    public void Charge(TRun run, TimeSpan time)
    {
        if (_accounts.TryGetValue(run, out Account? account))
            account.Used += time.TotalSeconds;
    }

    private sealed class Account(int priority)
    {
        public int Priority { get; } = priority;

        public double Used { get; set; }
    }
}
