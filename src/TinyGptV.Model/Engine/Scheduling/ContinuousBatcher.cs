namespace TinyGptV.Model.Engine.Scheduling;

/// <summary>
/// Decides which work takes part in the next step: work under way always does, so that answers finish; waiting work joins in order
/// of arrival while places and rows are left. Plain counting, no tensors.
/// </summary>
/// <typeparam name="T">The kind of work.</typeparam>
/// <param name="maxWork">At most this much work is under way at once.</param>
/// <param name="maxRows">New work joins a step only while the step has fewer rows than this; a single piece may exceed it.</param>
internal sealed class ContinuousBatcher<T>(int maxWork, int maxRows) where T : class, ISchedulable
{
    private readonly Queue<T> _waiting = new();
    private readonly List<T> _running = [];

    /// <summary>Whether there is nothing to do.</summary>
    public bool IsIdle => _waiting.Count == 0 && _running.Count == 0;

    /// <summary>How much work could be added without exceeding what may be under way.</summary>
    public int FreePlaces => Math.Max(0, maxWork - _waiting.Count - _running.Count);

    /// <summary>Work comes in.</summary>
    /// <param name="work">Work with rows due.</param>
    public void Add(T work) => _waiting.Enqueue(work);

    /// <summary>Takes finished and abandoned work out and chooses the work of the next step.</summary>
    /// <param name="left">Receives what was taken out, in no particular order.</param>
    /// <returns>The work of the next step; empty only if idle.</returns>
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
            rows += work.RowsDue;
        }

        return _running;
    }

    /// <summary>Takes everything out, for instance because the step failed.</summary>
    /// <returns>All work under way and waiting.</returns>
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
