using System.Collections.Immutable;

namespace TinyGptV.Evaluation.Sharding;

/// <summary>Puts the predictions of a divided shard together as its parts are delivered.</summary>
/// <param name="samples">How many samples the shard has.</param>
public sealed class ShardAssembly(int samples)
{
    private readonly SortedDictionary<int, (ShardPart Part, ReadOnlyMemory<byte> Lines)> _parts = [];

    /// <summary>The parts that are there, in the shard's order.</summary>
    public ImmutableArray<ShardPart> Parts => [.. _parts.Values.Select(entry => entry.Part)];

    /// <summary>True when every sample has its prediction.</summary>
    public bool IsComplete => _parts.Values.Sum(entry => entry.Part.Count) == samples;

    /// <summary>Adds a part.</summary>
    /// <param name="part">A part that overlaps with none that is there.</param>
    /// <param name="lines">Its prediction lines.</param>
    public void Add(ShardPart part, ReadOnlyMemory<byte> lines) => _parts.Add(part.First, (part, lines));

    /// <summary>The predictions of the whole shard.</summary>
    /// <returns>The lines in the shard's order; those of a single part without a copy.</returns>
    public ReadOnlyMemory<byte> ToLines()
    {
        if (_parts.Count == 1)
            return _parts.Values.Single().Lines;
        byte[] whole = new byte[_parts.Values.Sum(entry => entry.Lines.Length)];
        int position = 0;
        foreach (var (_, lines) in _parts.Values)
        {
            lines.Span.CopyTo(whole.AsSpan(position));
            position += lines.Length;
        }

        return whole;
    }
}
