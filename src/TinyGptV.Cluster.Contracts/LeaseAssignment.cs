using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Models;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Sharding;

namespace TinyGptV.Cluster.Contracts;

/// <summary>Work given to a replica: parts of shards, evaluated in order.</summary>
/// <param name="Run">The run it belongs to.</param>
/// <param name="Definitions">The definitions of the benchmarks: prompt, request kind, limits, image folders.</param>
/// <param name="Parts">The parts; at least one.</param>
/// <param name="Lease">The lease's unique id, for giving it up.</param>
/// <param name="Model">The required model, without its files: the replica may have switched since. Null accepts any model.</param>
/// <param name="Unreadable">Images that cannot be read, so that their samples fail; any other unreadable image fails the lease.</param>
[GenerateSerializer, Immutable, Alias("tinygptv.lease-assignment")]
public sealed record LeaseAssignment(
    [property: Id(0)] RunId Run,
    [property: Id(1)] ImmutableArray<BenchmarkDefinition> Definitions,
    [property: Id(2)] ImmutableArray<PartAssignment> Parts,
    [property: Id(3)] Guid Lease,
    [property: Id(4)] ModelIdentity? Model = null,
    [property: Id(5)] ImmutableArray<UnreadableImage> Unreadable = default);

/// <summary>Samples of one benchmark, answered together.</summary>
/// <param name="Shard">Their shard, for logs.</param>
/// <param name="Definition">Index of their definition in the assignment.</param>
/// <param name="Samples">The samples as <see cref="SampleLines"/>.</param>
[GenerateSerializer, Immutable, Alias("tinygptv.part-assignment")]
public sealed record PartAssignment(
    [property: Id(0)] ShardIndex Shard,
    [property: Id(1)] int Definition,
    [property: Id(2)] byte[] Samples);

/// <summary>A replica's progress on one part of its assignment.</summary>
/// <param name="Part">Index of the part in the assignment.</param>
/// <param name="Predicted">Samples with a prediction, failures included.</param>
/// <param name="Failed">Failed samples among them.</param>
/// <param name="Lines">
/// All its predictions in sample order, as <see cref="PredictionLines"/>; null until every sample has one.
/// </param>
/// <param name="Answers">
/// Until then, the answers since the last progress on this part, in any order, as <see cref="PredictionLines"/>, so that they can be kept if
/// the part never completes; null if there are none. Failures are not among them.
/// </param>
[GenerateSerializer, Immutable, Alias("tinygptv.evaluated-part")]
public sealed record EvaluatedPart(
    [property: Id(0)] int Part,
    [property: Id(1)] int Predicted,
    [property: Id(2)] int Failed,
    [property: Id(3)] byte[]? Lines,
    [property: Id(4)] byte[]? Answers = null);
