using System.Collections.Immutable;
using System.Globalization;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Models;

namespace TinyGptV.Evaluation.Runs;

/// <summary>
/// Everything that determines a run's results, written once before its first prediction: <c>manifest.json</c>. It has no times or
/// places, so equal manifests lead to equal predictions.
/// </summary>
public sealed record RunManifest
{
    /// <summary>The layout of the run's files; raised when older programs could misread newer runs.</summary>
    public int Layout { get; init; } = 1;

    /// <summary>The run.</summary>
    public required RunId Run { get; init; }

    /// <summary>Version of the program that started the run.</summary>
    public required string ProgramVersion { get; init; }

    /// <summary>The model.</summary>
    public required ModelIdentity Model { get; init; }

    /// <summary>The benchmarks in evaluation order.</summary>
    public required ImmutableArray<BenchmarkManifest> Benchmarks { get; init; }

    /// <summary>The target number of samples per shard.</summary>
    public required int ShardSize { get; init; }

    /// <summary>At most this many samples of each benchmark, the first in file order; null for all.</summary>
    public int? Limit { get; init; }
}

/// <summary>One benchmark of a run.</summary>
public sealed record BenchmarkManifest
{
    /// <summary>The definition.</summary>
    public required BenchmarkDefinition Definition { get; init; }

    /// <summary>SHA-256 of every annotation file, in lower-case hexadecimal, by path below the benchmark's folder.</summary>
    public required ImmutableSortedDictionary<string, string> Digests { get; init; }

    /// <summary>How many samples are evaluated.</summary>
    public required int Samples { get; init; }

    /// <summary>How many distinct images they use.</summary>
    public required int Images { get; init; }

    /// <summary>What the benchmark's files lacked when the run began; null if nothing.</summary>
    public IncompleteSet? Incomplete { get; init; }

    /// <summary>The file the answers were imported from; null if the run's model gave them.</summary>
    public AnswerOrigin? Imported { get; init; }
}

/// <summary>The origin of answers from another system.</summary>
/// <param name="Format">The format of the file, for example <c>gqa</c>.</param>
/// <param name="File">The file's name without folders.</param>
/// <param name="Digest">Its SHA-256 in lower-case hexadecimal.</param>
/// <param name="Missing">How many samples have no answer in it; each counts as failed.</param>
/// <param name="Unknown">How many of its ids match no sample; they are ignored.</param>
/// <param name="Repeated">How many samples it answers more than once; see <see cref="Counted"/>.</param>
public sealed record AnswerOrigin(string Format, string File, string Digest, int Missing, int Unknown, int Repeated)
{
    /// <summary>The value of <see cref="Counted"/> if the last answer counts.</summary>
    public const string Last = "last";

    /// <summary>Which of several answers to a sample counts: <c>last</c>; null for the first, or if none is repeated.</summary>
    public string? Counted { get; init; }

    /// <summary>How many answers have <c>###</c>, after which modes that score the model's own turn ignore the text; null if none.</summary>
    public int? Cut { get; init; }

    /// <summary>What does not match in the file; null if nothing.</summary>
    internal string? Remarks()
    {
        string[] remarks =
        [
            .. Repeated > 0 ? [$"{Text(Repeated)} samples have several answers, of which the {Counted ?? "first"} counts"] : (string[])[],
            .. Unknown > 0 ? [$"{Text(Unknown)} unknown ids are ignored"] : (string[])[],
            .. Cut is { } cut ? [$"{Text(cut)} answers have ###, after which modes that score the model's own turn ignore the text"] : (string[])[],
        ];
        return remarks is [] ? null : string.Join("; ", remarks);
    }

    private static string Text(int count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
