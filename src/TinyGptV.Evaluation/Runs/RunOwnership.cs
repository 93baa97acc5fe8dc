using System.Text;
using System.Text.Json;

namespace TinyGptV.Evaluation.Runs;

/// <summary>
/// Who works on a run, stored as <c>owner.json</c> beside its predictions and written only over the version that was read. The owner renews it at
/// intervals; one that is not renewed for long runs out, and the next coordinator may take the run.
/// </summary>
public sealed record RunOwnership
{
    /// <summary>The name of the file.</summary>
    public const string File = "owner.json";

    /// <summary>The age at which an entry counts as forgotten where only its time is known. Clocks of machines may differ by less.</summary>
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(2);

    /// <summary>The owner.</summary>
    public required RunOwner Owner { get; init; }

    /// <summary>Counts the changes of owner, from 1.</summary>
    public required long Generation { get; init; }

    /// <summary>How often this owner has renewed it.</summary>
    public long Renewals { get; init; }

    /// <summary>True once the owner has given the run up: the next one need not wait.</summary>
    public bool Released { get; init; }

    /// <summary>When it was written, by the clock of the owner's machine; only for display.</summary>
    public DateTimeOffset Written { get; init; }

    /// <summary>The next ownership of a run, by another or by the same owner.</summary>
    /// <param name="owner">The new owner.</param>
    /// <param name="before">What was read; null if the run never had an owner.</param>
    /// <param name="now">The time.</param>
    /// <returns>The ownership to write.</returns>
    public static RunOwnership TakenBy(RunOwner owner, RunOwnership? before, DateTimeOffset now) =>
        new() { Owner = owner, Generation = (before?.Generation ?? 0) + 1, Written = now };

    /// <summary>The same ownership, renewed.</summary>
    /// <param name="now">The time.</param>
    /// <returns>The ownership to write.</returns>
    public RunOwnership Renew(DateTimeOffset now) => this with { Renewals = Renewals + 1, Written = now };

    /// <summary>The same ownership, given up.</summary>
    /// <param name="now">The time.</param>
    /// <returns>The ownership to write.</returns>
    public RunOwnership Release(DateTimeOffset now) => this with { Released = true, Written = now };

    /// <summary>Whether its owner seems to work on the run, judged once and without waiting for a renewal.</summary>
    /// <param name="processes">Knows the processes of this machine.</param>
    /// <param name="now">The time by the clock of this machine.</param>
    /// <returns>For an owner on another machine, whether it has renewed lately.</returns>
    public bool IsHeld(IProcessWatch processes, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(processes);
        return !Released && (processes.IsAlive(Owner) ?? now - Written < Forgotten);
    }

    /// <summary>The content of the file.</summary>
    /// <returns>JSON in UTF-8.</returns>
    public byte[] ToFile() => Encoding.UTF8.GetBytes(JsonSerializer.Serialize(this, EvaluationJson.Indented.ShapeOf<RunOwnership>()) + "\n");

    /// <summary>Reads the ownership of a run.</summary>
    /// <param name="store">The store.</param>
    /// <param name="run">The run.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The ownership and its version; null if the run never had an owner.</returns>
    /// <exception cref="PrerequisiteException">The file is malformed.</exception>
    public static async ValueTask<(RunOwnership Ownership, string Version)?> ReadAsync(IRunStore store, RunId run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        if (await store.ReadVersionedAsync(run, File, cancellationToken) is not { } file)
            return null;
        try
        {
            RunOwnership? read = JsonSerializer.Deserialize(file.Content, EvaluationJson.Indented.ShapeOf<RunOwnership>());
            return (read ?? throw new JsonException("it is null."), file.Version);
        }
        catch (JsonException exception)
        {
            throw new PrerequisiteException(
                $"'{File}' of run '{run}' is malformed: {exception.Message} Remove it when nothing works on the run; its predictions are kept.", exception);
        }
    }
}
