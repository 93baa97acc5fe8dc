using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Evaluation.Sharding;

/// <summary>Consecutive samples of a shard: the whole of it, as a rule, or a piece of one that was divided to find out what is wrong with it.</summary>
/// <param name="Shard">The shard.</param>
/// <param name="First">The first sample, counted from 0 in the shard.</param>
/// <param name="Count">How many samples; at least 1.</param>
public readonly record struct ShardPart(ShardIndex Shard, int First, int Count)
{
    /// <summary>Divides the part in two.</summary>
    /// <returns>The first and the second half; the first is the larger one of an odd number.</returns>
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
