using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace TinyGptV.Evaluation.Runs;

/// <summary>
/// The desired state of a run, stored as <c>state.json</c>. After any crash, a coordinator resumes runs that should be running;
/// paused, cancelled and finished runs stay as they are until a user starts them.
/// </summary>
public sealed record RunState
{
    /// <summary>The name of the file beside the predictions.</summary>
    public const string File = "state.json";

    /// <summary>The current or desired phase.</summary>
    public required RunPhase Phase { get; init; }

    /// <summary>Runs of higher priority get replicas first. Default: 0.</summary>
    public int Priority { get; init; }

    /// <summary>The last round of asking failed samples again, from 1; null if there was none.</summary>
    public int? Retry { get; init; }

    /// <summary>
    /// The round of a request to ask failed samples again: a new one after a complete run, otherwise the one that was interrupted, which is continued.
    /// </summary>
    /// <param name="state">The state; null if none yet.</param>
    /// <returns>The round, from 1.</returns>
    public static int RoundOf(RunState? state) => state is { Phase: not RunPhase.Completed, Retry: { } round } ? round : (state?.Retry ?? 0) + 1;

    /// <summary>Why the run failed; null if it did not.</summary>
    public string? Problem { get; init; }

    /// <summary>The counts of a complete run, so that listing runs need not count predictions; null for other runs.</summary>
    public CompleteRun? Complete { get; init; }

    /// <summary>Reads the state of a run.</summary>
    /// <param name="store">The store.</param>
    /// <param name="run">The run.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The state; null if none yet.</returns>
    /// <exception cref="PrerequisiteException">The state is malformed.</exception>
    public static async ValueTask<RunState?> ReadAsync(IRunStore store, RunId run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        try
        {
            return await store.ReadFileAsync(run, File, cancellationToken) is { } json
                ? JsonSerializer.Deserialize(json, EvaluationJson.Indented.ShapeOf<RunState>())
                : null;
        }
        catch (JsonException exception)
        {
            throw new PrerequisiteException(
                $"'{File}' of run '{run}' is malformed: {exception.Message} Remove the file and start the run again; its predictions are kept.", exception);
        }
    }

    /// <summary>Writes the state, replacing an older one.</summary>
    /// <param name="store">The store.</param>
    /// <param name="run">The run.</param>
    /// <param name="cancellationToken">Cancels the write; the older state stays.</param>
    /// <returns>A task that completes when it is written.</returns>
    /// <exception cref="PrerequisiteException">The store cannot be written.</exception>
    public async ValueTask WriteAsync(IRunStore store, RunId run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        string json = JsonSerializer.Serialize(this, EvaluationJson.Indented.ShapeOf<RunState>()) + "\n";
        await store.WriteFileAsync(run, File, Encoding.UTF8.GetBytes(json), cancellationToken);
    }
}

/// <summary>The counts of a complete run.</summary>
/// <param name="Shards">How many shards are stored.</param>
/// <param name="Benchmarks">The counts of each benchmark, in evaluation order.</param>
public sealed record CompleteRun(int Shards, ImmutableArray<BenchmarkProgress> Benchmarks);
