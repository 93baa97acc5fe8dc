using System.Collections.Concurrent;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cluster.Runs;

/// <summary>
/// Whoever starts a run has read its benchmarks; a run that begins on the same silo takes them from here instead of reading them again.
/// An offer lasts as long as the call that wakes the run, so that nothing is kept for a run that is under way already, is complete, or
/// lives elsewhere.
/// </summary>
internal sealed class ReadingHandover
{
    private readonly ConcurrentDictionary<RunId, RunReading> _offered = new();

    /// <summary>Offers a reading to its run, in place of an older one.</summary>
    /// <returns>Takes the offer back, unless it was taken.</returns>
    public IDisposable Offer(RunReading reading)
    {
        _offered[reading.Manifest.Run] = reading;
        return new Offered(_offered, reading);
    }

    /// <returns>What was offered to the run, to nobody else from now on; null if nothing was.</returns>
    public RunReading? Take(RunId run) => _offered.TryRemove(run, out RunReading? reading) ? reading : null;

    private sealed class Offered(ConcurrentDictionary<RunId, RunReading> all, RunReading reading) : IDisposable
    {
        public void Dispose() => all.TryRemove(KeyValuePair.Create(reading.Manifest.Run, reading));
    }
}
