using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Evaluation.Sharding;

/// <summary>Consecutive samples of a shard: usually all of it, or a piece of a shard divided to isolate a bad sample.</summary>
/// <param name="Shard">The shard.</param>
/// <param name="First">The first sample, counted from 0 in the shard.</param>
/// <param name="Count">How many samples; at least 1.</param>
public readonly record struct ShardPart(ShardIndex Shard, int First, int Count)
{
    /// <summary>Divides the part in two.</summary>
    /// <returns>The two halves; the first is larger if the count is odd.</returns>
    /// <exception cref="InvalidOperationException">The part is a single sample.</exception>
    public (ShardPart First, ShardPart Second) Divide()
    {
        if (Count < 2)
            throw new InvalidOperationException($"A part of one sample cannot be divided; found {this}.");
        int half = (Count + 1) / 2;
        return (this with { Count = half }, new ShardPart(Shard, First + half, Count - half));
    }

    /// <inheritdoc />
    public override string ToString() => FormattableString.Invariant($"{Shard}[{First}..{First + Count})");
}
