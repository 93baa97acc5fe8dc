namespace TinyGptV.Evaluation.Sharding;

/// <summary>
/// Fair scheduling of replicas among runs: the highest priority first, and at equal priority the run that has used the least replica
/// time. A new run starts at the lowest usage of its priority, so it neither catches up on missed time nor waits. Not thread-safe.
/// </summary>
/// <typeparam name="TRun">The type of run ids.</typeparam>
public sealed class FairShares<TRun> where TRun : notnull
{
    private readonly Dictionary<TRun, Account> _accounts = [];

    /// <summary>Adds a run, or changes its priority.</summary>
    /// <param name="run">The run.</param>
    /// <param name="priority">Higher goes first.</param>
    public void Join(TRun run, int priority)
    {
        if (_accounts.TryGetValue(run, out Account? account) && account.Priority == priority)
            return;
        double[] used = [.. _accounts.Where(entry => entry.Value.Priority == priority).Select(entry => entry.Value.Used)];
        _accounts[run] = new Account(priority) { Used = used.DefaultIfEmpty(0).Min() };
    }

    /// <summary>Removes a run.</summary>
    /// <param name="run">The run.</param>
    public void Leave(TRun run) => _accounts.Remove(run);

    /// <summary>Chooses the next run.</summary>
    /// <param name="waiting">The waiting runs in order of arrival; at least one, and all of them added.</param>
    /// <returns>The chosen run; the first on a tie.</returns>
    public TRun Choose(IEnumerable<TRun> waiting) => waiting.Select((run, order) => (Run: run, Account: _accounts[run], Order: order))
        .OrderByDescending(entry => entry.Account.Priority).ThenBy(entry => entry.Account.Used).ThenBy(entry => entry.Order).First().Run;

    /// <summary>Charges replica time to a run. Ignored if it was removed.</summary>
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
