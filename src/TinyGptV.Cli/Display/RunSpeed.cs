using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cli.Display;

/// <summary>How fast a run is and how long it still takes, from the progress seen since the watching began.</summary>
/// <param name="time">Measures the time between snapshots.</param>
internal sealed class RunSpeed(TimeProvider time)
{
    private readonly long _watching = time.GetTimestamp();
    private (long Time, int Predicted)? _start;

    /// <summary>Samples for each second since the work was first seen, or was taken up again; 0 as long as there is no new one.</summary>
    public double SamplesPerSecond { get; private set; }

    /// <summary>The time that the rest takes at this speed; null if it cannot be said.</summary>
    public TimeSpan? Remaining { get; private set; }

    /// <summary>The time since the watching began.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(_watching);

    public void Observe(RunProgress progress)
    {
        if (progress.Benchmarks.IsEmpty)
        {
            // Benchmarks are being read, perhaps for the second time: the time until another coordinator took the run up says nothing about its speed.
            _start = null;
            return;
        }

        int predicted = progress.Benchmarks.Sum(benchmark => benchmark.Predicted);
        _start ??= (time.GetTimestamp(), predicted); // what was done before says nothing about the speed now
        double seconds = time.GetElapsedTime(_start.Value.Time).TotalSeconds;
        SamplesPerSecond = seconds > 0 ? (predicted - _start.Value.Predicted) / seconds : 0;
        int left = progress.Benchmarks.Sum(benchmark => benchmark.Samples) - predicted;
        Remaining = SamplesPerSecond > 0 ? TimeSpan.FromSeconds(left / SamplesPerSecond) : null;
    }
}
