using TinyGptV.Model.Tests.Checkpoints;

namespace TinyGptV.Model.Tests.Mutations;

/// <summary>A kind of file to damage, and its reader.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Weight">Its share of the cases, relative to other targets.</param>
/// <param name="Original">The undamaged file.</param>
/// <param name="Prepare">
/// Puts the other required files into a folder (one per thread) and returns the reader of a damaged file. The reader succeeds or throws one of the
/// two typed errors.
/// </param>
internal sealed record MutationTarget(string Name, int Weight, byte[] Original, Func<CheckpointFolder, Action<byte[]>> Prepare)
{
    /// <summary>The part of the file that gets nine of ten mutations, because the rest matters little; null for the whole file.</summary>
    public Range? Focus { get; init; }

    /// <summary>Maximum managed memory that reading may allocate.</summary>
    public long MostAllocated { get; init; } = 64 << 20;

    /// <summary>Corrects checksums, so that the damage gets past them.</summary>
    public Action<byte[]>? Repair { get; init; }

    /// <summary>The damaged file of a case: the same number gives the same bytes.</summary>
    public byte[] Mutate(int number)
    {
        var random = new Random(number);
        byte[] mutated = Mutation.Of(Original, random, random.Next(10) == 0 ? null : Focus);
        if (random.Next(4) > 0)
            Repair?.Invoke(mutated);
        return mutated;
    }
}
