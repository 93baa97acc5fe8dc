using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Evaluation.Sharding;

/// <summary>
/// The answers to samples of shards that are not complete yet, so that losing a shard in progress loses none of them. Failures are not kept:
/// they cost no time of a model, and asking again may succeed. Not thread-safe.
/// </summary>
public sealed class KeptAnswers
{
    private readonly SortedDictionary<ShardIndex, AnswersOfShard> _shards = [];

    /// <summary>How many answers are kept.</summary>
    public int Count => _shards.Values.Sum(shard => shard.ByPosition.Count);

    /// <summary>The shards with a kept answer, in ascending order.</summary>
    public ImmutableArray<ShardIndex> Shards => [.. _shards.Keys];

    /// <summary>How many answers of a shard are kept.</summary>
    /// <param name="shard">The shard.</param>
    /// <returns>The number; 0 for a shard without any.</returns>
    public int CountOf(ShardIndex shard) => _shards.TryGetValue(shard, out AnswersOfShard? answers) ? answers.ByPosition.Count : 0;

    /// <summary>Keeps the answers to samples of a shard. Failures, other samples and further answers to the same sample are left out.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="lines">The <see cref="PredictionLines"/>, in any order.</param>
    /// <param name="outlines">The outline of each line.</param>
    /// <returns>How many answers are new.</returns>
    public int Add(PackedShard shard, ReadOnlyMemory<byte> lines, ImmutableArray<PredictionOutline> outlines)
    {
        ArgumentNullException.ThrowIfNull(shard);
        if (!_shards.TryGetValue(shard.Index, out AnswersOfShard? answers))
            answers = new AnswersOfShard(shard);
        int before = answers.ByPosition.Count;
        foreach (var (line, outline) in PredictionLines.Split(lines).Zip(outlines))
        {
            if (!outline.Failed && outline.Benchmark == shard.Benchmark && answers.Positions.TryGetValue(outline.Sample, out int position))
                answers.ByPosition.TryAdd(position, new AssembledShard(line, [outline]));
        }

        if (answers.ByPosition.Count > 0)
            _shards[shard.Index] = answers;
        return answers.ByPosition.Count - before;
    }

    /// <summary>The kept answers of a shard.</summary>
    /// <param name="shard">The shard.</param>
    /// <returns>The <see cref="PredictionLines"/> in the shard's order.</returns>
    public byte[] LinesOf(ShardIndex shard) =>
        _shards.TryGetValue(shard, out AnswersOfShard? answers) ? AssembledShard.Join(answers.ByPosition.Values).Lines.ToArray() : [];

    /// <summary>Forgets a shard, because it is complete.</summary>
    /// <param name="shard">The shard.</param>
    public void Forget(ShardIndex shard) => _shards.Remove(shard);

    /// <summary>Finds the kept answer to a sample.</summary>
    /// <param name="shard">Its shard.</param>
    /// <param name="position">Its position in the shard, from 0.</param>
    /// <param name="answer">The answer's line and outline.</param>
    /// <returns>False if none is kept.</returns>
    internal bool TryFind(ShardIndex shard, int position, [NotNullWhen(true)] out AssembledShard? answer)
    {
        answer = null;
        return _shards.TryGetValue(shard, out AnswersOfShard? answers) && answers.ByPosition.TryGetValue(position, out answer);
    }

    private sealed class AnswersOfShard
    {
        public AnswersOfShard(PackedShard shard)
        {
            ImmutableArray<SampleId> ids = SampleLines.ReadIds(shard.Samples.Span);
            for (int position = 0; position < ids.Length; position++)
                Positions.TryAdd(ids[position], position);
        }

        public Dictionary<SampleId, int> Positions { get; } = [];

        public SortedDictionary<int, AssembledShard> ByPosition { get; } = [];
    }
}
