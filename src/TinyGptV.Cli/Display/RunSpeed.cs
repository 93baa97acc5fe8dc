using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cli.Display;

/// <summary>How fast a run is and how long it still takes, from the progress seen since the watching began.</summary>
/// <param name="time">Measures the time between snapshots.</param>
internal sealed class RunSpeed(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();
    private int? _predictedAtStart;

    /// <summary>Samples for each second since the watching began; 0 as long as there is no new one.</summary>
    public double SamplesPerSecond { get; private set; }

    /// <summary>The time that the rest takes at this speed; null if it cannot be said.</summary>
    public TimeSpan? Remaining { get; private set; }

    public TimeSpan Elapsed => time.GetElapsedTime(_start);

    public void Observe(RunProgress progress)
    {
        int predicted = progress.Benchmarks.Sum(benchmark => benchmark.Predicted);
        _predictedAtStart ??= predicted; // whatever was done before the watching began says nothing about the speed now
        double seconds = Elapsed.TotalSeconds;
        SamplesPerSecond = seconds > 0 ? (predicted - _predictedAtStart.Value) / seconds : 0;
        int left = progress.Benchmarks.Sum(benchmark => benchmark.Samples) - predicted;
        Remaining = SamplesPerSecond > 0 ? TimeSpan.FromSeconds(left / SamplesPerSecond) : null;
    }
}
