using TinyGptV.Model.Tests.Checkpoints;

namespace TinyGptV.Model.Tests.Mutations;

/// <summary>One kind of file to damage, and what reads it.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Weight">Its part of the campaign, relative to the other targets'.</param>
/// <param name="Original">The sound file.</param>
/// <param name="Prepare">
/// Puts what else is needed into a folder that belongs to one thread; gives what reads a damaged file with it. That ends well, or in one of the two
/// typed errors.
/// </param>
internal sealed record MutationTarget(string Name, int Weight, byte[] Original, Func<CheckpointFolder, Action<byte[]>> Prepare)
{
    /// <summary>Where nine of ten mutations happen, because the rest of the file means little; null for everywhere.</summary>
    public Range? Telling { get; init; }

    /// <summary>The managed memory that reading may take.</summary>
    public long MostAllocated { get; init; } = 64 << 20;

    /// <summary>Makes checksums right again, so that damage is found by what is behind them.</summary>
    public Action<byte[]>? Repair { get; init; }

    /// <summary>The damaged file of one case: the same number gives the same bytes.</summary>
    public byte[] Mutate(int number)
    {
        var random = new Random(number);
        byte[] mutated = Mutation.Of(Original, random, random.Next(10) == 0 ? null : Telling);
        if (random.Next(4) > 0)
            Repair?.Invoke(mutated);
        return mutated;
    }
}
