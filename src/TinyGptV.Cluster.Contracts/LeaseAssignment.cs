using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Models;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Sharding;

namespace TinyGptV.Cluster.Contracts;

/// <summary>Work given to a replica: parts of shards, which are evaluated in their order.</summary>
/// <param name="Run">The run it belongs to.</param>
/// <param name="Definitions">The definitions of the benchmarks: prompt, request kind, limits, image folders.</param>
/// <param name="Parts">The parts; at least one.</param>
/// <param name="Lease">Names the lease, for giving it up; different from all others.</param>
/// <param name="Model">The model that has to answer, its files left out: the replica may have another one by now. Null for whichever it has.</param>
[GenerateSerializer, Immutable, Alias("tinygptv.lease-assignment")]
public sealed record LeaseAssignment(
    [property: Id(0)] RunId Run,
    [property: Id(1)] ImmutableArray<BenchmarkDefinition> Definitions,
    [property: Id(2)] ImmutableArray<PartAssignment> Parts,
    [property: Id(3)] Guid Lease,
    [property: Id(4)] ModelIdentity? Model = null);

/// <summary>Samples of one benchmark that are answered together.</summary>
/// <param name="Shard">The shard they are of, for people.</param>
/// <param name="Definition">Which of the assignment's definitions they follow.</param>
/// <param name="Samples">The samples as <see cref="SampleLines"/>.</param>
[GenerateSerializer, Immutable, Alias("tinygptv.part-assignment")]
public sealed record PartAssignment(
    [property: Id(0)] ShardIndex Shard,
    [property: Id(1)] int Definition,
    [property: Id(2)] byte[] Samples);

/// <summary>How far a replica is with one part of its assignment.</summary>
/// <param name="Part">Which of the assignment's parts.</param>
/// <param name="Predicted">How many of its samples have a prediction, failures included.</param>
/// <param name="Failed">How many of those are failures.</param>
/// <param name="Lines">
/// All its predictions in the order of the samples, as <see cref="PredictionLines"/>; null until every sample has one.
/// </param>
[GenerateSerializer, Immutable, Alias("tinygptv.evaluated-part")]
public sealed record EvaluatedPart(
    [property: Id(0)] int Part,
    [property: Id(1)] int Predicted,
    [property: Id(2)] int Failed,
    [property: Id(3)] byte[]? Lines);
