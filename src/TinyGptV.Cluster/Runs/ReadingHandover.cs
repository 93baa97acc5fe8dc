using System.Collections.Concurrent;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cluster.Runs;

/// <summary>
/// Passes the benchmarks that were read to start a run on to its grain, if it is activated on this silo, so that they are not read twice.
/// An offer lasts as long as the call that activates the run: nothing is kept for a run that is active already, complete, or on another silo.
/// </summary>
internal sealed class ReadingHandover
{
    private readonly ConcurrentDictionary<RunId, RunReading> _offered = new();

    /// <summary>Offers a reading to its run, in place of an older one.</summary>
    /// <returns>Withdraws the offer when disposed.</returns>
    public IDisposable Offer(RunReading reading)
    {
        _offered[reading.Manifest.Run] = reading;
        return new Offered(_offered, reading);
    }

    /// <returns>The reading offered to the run, which is no longer on offer; null if there is none.</returns>
    public RunReading? Take(RunId run) => _offered.TryRemove(run, out RunReading? reading) ? reading : null;

    private sealed class Offered(ConcurrentDictionary<RunId, RunReading> all, RunReading reading) : IDisposable
    {
        public void Dispose() => all.TryRemove(KeyValuePair.Create(reading.Manifest.Run, reading));
    }
}
