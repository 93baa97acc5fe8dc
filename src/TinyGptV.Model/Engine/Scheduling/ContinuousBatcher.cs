namespace TinyGptV.Model.Engine.Scheduling;

/// <summary>
/// Continuous batching: decides which requests are in the next step. Running requests always are, so that answers finish; waiting requests join
/// in order of arrival while there is room. No tensors.
/// </summary>
/// <typeparam name="T">The type of requests.</typeparam>
/// <param name="maxWork">Maximum number of running requests.</param>
/// <param name="maxRows">New requests join a step only while it has fewer rows than this; a single request may exceed it.</param>
/// <param name="joins">Told of each request that joins, before its rows are counted. If it throws, the request has joined.</param>
internal sealed class ContinuousBatcher<T>(int maxWork, int maxRows, Action<T>? joins = null) where T : class, ISchedulable
{
    private readonly Queue<T> _waiting = new();
    private readonly List<T> _running = [];

    /// <summary>Whether there is nothing to do.</summary>
    public bool IsIdle => _waiting.Count == 0 && _running.Count == 0;

    /// <summary>Number of requests that can be added before some have to wait.</summary>
    public int FreePlaces => Math.Max(0, maxWork - _waiting.Count - _running.Count);

    /// <summary>Adds a request.</summary>
    /// <param name="work">A request with rows due.</param>
    public void Add(T work) => _waiting.Enqueue(work);

    /// <summary>Removes finished and abandoned requests and chooses those of the next step.</summary>
    /// <param name="left">Receives the removed requests, in no particular order.</param>
    /// <returns>The requests of the next step; empty only if idle.</returns>
    public IReadOnlyList<T> Next(ICollection<T> left)
    {
        Retire(left);
        int rows = _running.Sum(w => w.RowsDue);
        while (_running.Count < maxWork && rows < maxRows && _waiting.TryDequeue(out T? work))
        {
            if (work.IsAbandoned)
            {
                left.Add(work);
                continue;
            }

            _running.Add(work);
            joins?.Invoke(work);
            rows += work.RowsDue;
        }

        return _running;
    }

    /// <summary>Removes everything, for instance because the step failed.</summary>
    /// <returns>All running and waiting requests.</returns>
    public IReadOnlyList<T> Clear()
    {
        T[] all = [.. _running, .. _waiting];
        _running.Clear();
        _waiting.Clear();
        return all;
    }

    private void Retire(ICollection<T> left)
    {
        foreach (T work in _running.Where(w => w.RowsDue == 0 || w.IsAbandoned))
            left.Add(work);
        _running.RemoveAll(w => w.RowsDue == 0 || w.IsAbandoned);
    }
}
