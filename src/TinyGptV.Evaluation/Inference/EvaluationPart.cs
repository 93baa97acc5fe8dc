using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Evaluation.Inference;

/// <summary>Samples of one benchmark that are evaluated together.</summary>
/// <param name="Definition">The benchmark.</param>
/// <param name="Samples">The samples.</param>
public sealed record EvaluationPart(BenchmarkDefinition Definition, ImmutableArray<Sample> Samples);

/// <summary>The outcome of one sample of several parts.</summary>
/// <param name="Part">Which part.</param>
/// <param name="Sample">Which of its samples.</param>
/// <param name="Prediction">The prediction.</param>
public readonly record struct PartPrediction(int Part, int Sample, Prediction Prediction);
