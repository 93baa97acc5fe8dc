namespace TinyGptV.Evaluation.Runs;

/// <summary>What a shard was before its failed samples were asked again.</summary>
/// <param name="Shard">The shard.</param>
/// <param name="Round">The round in which they were asked again, from 1.</param>
public readonly record struct PastShard(ShardIndex Shard, int Round);
