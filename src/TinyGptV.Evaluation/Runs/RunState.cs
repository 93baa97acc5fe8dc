using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace TinyGptV.Evaluation.Runs;

/// <summary>
/// What is to become of a run, as its store keeps it: <c>state.json</c>. A run that is to be running is taken up again by whoever
/// coordinates, whatever died; one that was paused or cancelled, or that ended, is left alone until somebody asks for it.
/// </summary>
public sealed record RunState
{
    /// <summary>The name of the file beside the predictions.</summary>
    public const string File = "state.json";

    /// <summary>Where the run stands, or should stand.</summary>
    public required RunPhase Phase { get; init; }

    /// <summary>Runs of higher priority get replicas first. Default: 0.</summary>
    public int Priority { get; init; }

    /// <summary>Why the run failed; null if it did not.</summary>
    public string? Problem { get; init; }

    /// <summary>What the run has, if it is complete, so that whoever lists runs need not count their predictions; null for other runs.</summary>
    public CompleteRun? Complete { get; init; }

    /// <summary>Reads the state of a run.</summary>
    /// <param name="store">The store.</param>
    /// <param name="run">The run.</param>
    /// <param name="cancellationToken">Ends the reading early.</param>
    /// <returns>The state; null if the run has none yet.</returns>
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
                $"The state '{File}' of the run '{run}' is malformed: {exception.Message} Remove the file and start the run again; its predictions are kept.", exception);
        }
    }

    /// <summary>Writes the state in place of an older one.</summary>
    /// <param name="store">The store.</param>
    /// <param name="run">The run.</param>
    /// <param name="cancellationToken">Ends the writing early; the older state stays then.</param>
    /// <returns>A task that ends when it is written.</returns>
    /// <exception cref="PrerequisiteException">The store cannot be written.</exception>
    public async ValueTask WriteAsync(IRunStore store, RunId run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        await store.WriteFileAsync(run, File, Encoding.UTF8.GetBytes(JsonSerializer.Serialize(this, EvaluationJson.Indented.ShapeOf<RunState>()) + "\n"), cancellationToken);
    }
}

/// <summary>What a run has whose every sample is predicted.</summary>
/// <param name="Shards">How many shards are stored.</param>
/// <param name="Benchmarks">The counts of each benchmark, in evaluation order.</param>
public sealed record CompleteRun(int Shards, ImmutableArray<BenchmarkProgress> Benchmarks);
