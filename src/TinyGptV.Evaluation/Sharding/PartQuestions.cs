using System.Collections.Immutable;

namespace TinyGptV.Evaluation.Sharding;

/// <summary>What is asked of a part: its samples, without those whose answers are kept.</summary>
public sealed class PartQuestions
{
    private readonly ImmutableArray<int> _asked;

    private PartQuestions(PackedShard shard, ShardPart part, ImmutableArray<int> asked) => (Shard, Part, _asked) = (shard, part, asked);

    /// <summary>The shard.</summary>
    public PackedShard Shard { get; }

    /// <summary>The part of it.</summary>
    public ShardPart Part { get; }

    /// <summary>How many samples are asked; 0 if all answers are kept.</summary>
    public int Count => _asked.Length;

    /// <summary>How many answers of the part were kept before.</summary>
    public int Kept => Part.Count - Count;

    /// <summary>The <see cref="SampleLines"/> of the samples that are asked, in the shard's order.</summary>
    public ReadOnlyMemory<byte> Samples => Kept == 0 ? Shard.LinesOf(Part) : SampleLines.Select(Shard.Samples, _asked);

    /// <summary>Finds out what to ask.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="part">A part of it.</param>
    /// <param name="kept">The kept answers of the run.</param>
    /// <returns>The questions.</returns>
    public static PartQuestions Of(PackedShard shard, ShardPart part, KeptAnswers kept)
    {
        ArgumentNullException.ThrowIfNull(kept);
        return new PartQuestions(shard, part, [.. Enumerable.Range(part.First, part.Count).Where(position => !kept.TryFind(part.Shard, position, out _))]);
    }

    /// <summary>Joins the predictions of what was asked with the kept answers.</summary>
    /// <param name="asked">One prediction for each sample that was asked, in the shard's order.</param>
    /// <param name="kept">The kept answers, none of which was forgotten since.</param>
    /// <returns>The predictions of the whole part, in the shard's order.</returns>
    public AssembledShard Complete(AssembledShard asked, KeptAnswers kept)
    {
        ArgumentNullException.ThrowIfNull(asked);
        ArgumentNullException.ThrowIfNull(kept);
        if (Kept == 0)
            return asked;
        var fresh = new Queue<AssembledShard>(asked.Divide());
        var all = new List<AssembledShard>(Part.Count);
        for (int position = Part.First; position < Part.First + Part.Count; position++)
        {
            if (_asked.BinarySearch(position) >= 0)
                all.Add(fresh.Dequeue());
            else if (kept.TryFind(Part.Shard, position, out AssembledShard? answer))
                all.Add(answer);
            else
                throw new InvalidOperationException($"The kept answer to sample {position} of shard {Part.Shard} was forgotten while the others were asked.");
        }

        return AssembledShard.Join(all);
    }
}
