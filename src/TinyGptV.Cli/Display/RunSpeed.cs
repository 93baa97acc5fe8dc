using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cli.Display;

/// <summary>The speed and remaining time of a run, from the progress observed so far.</summary>
/// <param name="time">Measures the time between snapshots.</param>
internal sealed class RunSpeed(TimeProvider time)
{
    private readonly long _watching = time.GetTimestamp();
    private (long Time, int Predicted)? _start;

    /// <summary>Samples per second since the run was first seen working, or resumed; 0 until there is a new prediction.</summary>
    public double SamplesPerSecond { get; private set; }

    /// <summary>The remaining time at this speed; null if unknown.</summary>
    public TimeSpan? Remaining { get; private set; }

    /// <summary>The time since this object was created.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(_watching);

    public void Observe(RunProgress progress)
    {
        if (progress.Benchmarks.IsEmpty)
        {
            // Benchmarks are being read, perhaps again by another coordinator; the time until it took over says nothing about the speed.
            _start = null;
            return;
        }

        int predicted = progress.Benchmarks.Sum(benchmark => benchmark.Predicted);
        _start ??= (time.GetTimestamp(), predicted); // earlier predictions say nothing about the speed
        double seconds = time.GetElapsedTime(_start.Value.Time).TotalSeconds;
        SamplesPerSecond = seconds > 0 ? (predicted - _start.Value.Predicted) / seconds : 0;
        int left = progress.Benchmarks.Sum(benchmark => benchmark.Samples) - predicted;
        Remaining = SamplesPerSecond > 0 ? TimeSpan.FromSeconds(left / SamplesPerSecond) : null;
    }

    /// <summary>Speed and remaining time as parts of a line, each with a comma before it; empty until the speed is known.</summary>
    /// <param name="progress">The last snapshot; a run that has ended has no time left.</param>
    public string Describe(RunProgress progress)
    {
        if (SamplesPerSecond <= 0)
            return "";
        string left = Remaining is { } remaining && !progress.HasEnded() ? $", {PaceText.Time(remaining)} left" : "";
        return $", {PaceText.Speed(SamplesPerSecond)}{left}";
    }
}
