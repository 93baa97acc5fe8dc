using System.Collections.Immutable;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Evaluation.Sharding;

/// <summary>Assembles the predictions of a divided shard from its parts.</summary>
/// <param name="samples">How many samples the shard has.</param>
public sealed class ShardAssembly(int samples)
{
    private readonly SortedDictionary<int, (ShardPart Part, AssembledShard Predictions)> _parts = [];

    /// <summary>The parts received so far, in the shard's order.</summary>
    public ImmutableArray<ShardPart> Parts => [.. _parts.Values.Select(entry => entry.Part)];

    /// <summary>True when every sample has its prediction.</summary>
    public bool IsComplete => _parts.Values.Sum(entry => entry.Part.Count) == samples;

    /// <summary>Adds a part.</summary>
    /// <param name="part">A part that does not overlap the others.</param>
    /// <param name="lines">Its prediction lines.</param>
    /// <param name="outlines">The outlines of the lines.</param>
    public void Add(ShardPart part, ReadOnlyMemory<byte> lines, ImmutableArray<PredictionOutline> outlines) =>
        _parts.Add(part.First, (part, new AssembledShard(lines, outlines)));

    /// <summary>The predictions of the whole shard.</summary>
    /// <returns>Lines and outlines in the shard's order; not copied if there is a single part.</returns>
    public AssembledShard ToShard()
    {
        AssembledShard[] parts = [.. _parts.Values.Select(entry => entry.Predictions)];
        return parts is [AssembledShard whole] ? whole : AssembledShard.Join(parts);
    }
}

/// <summary>The delivered predictions of a shard.</summary>
/// <param name="Lines">The <see cref="PredictionLines"/>.</param>
/// <param name="Outlines">The outline of each line, so that the lines need not be parsed again.</param>
public sealed record AssembledShard(ReadOnlyMemory<byte> Lines, ImmutableArray<PredictionOutline> Outlines)
{
    /// <summary>No predictions.</summary>
    public static AssembledShard None { get; } = new(ReadOnlyMemory<byte>.Empty, []);

    /// <summary>Joins predictions.</summary>
    /// <param name="parts">The predictions, in the shard's order.</param>
    /// <returns>All of them.</returns>
    public static AssembledShard Join(IReadOnlyCollection<AssembledShard> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        byte[] lines = new byte[parts.Sum(part => part.Lines.Length)];
        int position = 0;
        foreach (AssembledShard part in parts)
        {
            part.Lines.Span.CopyTo(lines.AsSpan(position));
            position += part.Lines.Length;
        }

        return new AssembledShard(lines, [.. parts.SelectMany(part => part.Outlines)]);
    }

    /// <summary>Divides the predictions into single ones.</summary>
    /// <returns>One for each line, in their order.</returns>
    public IEnumerable<AssembledShard> Divide() => PredictionLines.Split(Lines).Zip(Outlines, (line, outline) => new AssembledShard(line, [outline]));
}
