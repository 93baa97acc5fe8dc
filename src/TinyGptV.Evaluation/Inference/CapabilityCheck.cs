using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Models;
using TinyGptV.Evaluation.Scoring;

namespace TinyGptV.Evaluation.Inference;

/// <summary>Checks what a benchmark needs against what a model can do, before a run starts.</summary>
public static class CapabilityCheck
{
    /// <summary>Why a model cannot be evaluated on a benchmark.</summary>
    /// <param name="definition">The benchmark.</param>
    /// <param name="model">The model.</param>
    /// <returns>The end of a sentence; null if it can.</returns>
    public static string? WhyNot(BenchmarkDefinition definition, ModelDescription model)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(model);
        return definition switch
        {
            { Unaskable: { } reason } => reason,
            { Request: RequestKind.Rank } when !model.Capabilities.RanksByLikelihood =>
                $"it ranks given answers by likelihood, which {model.Identity.Name} cannot",
            { Request: RequestKind.Generate } when !model.Capabilities.Generates => $"its answers are generated, which {model.Identity.Name} cannot",
            _ => null,
        };
    }

    /// <summary>What a report of a benchmark will lack with a model.</summary>
    /// <param name="definition">The benchmark.</param>
    /// <param name="model">The model.</param>
    /// <returns>One sentence; null if nothing.</returns>
    public static string? WhatWillLack(BenchmarkDefinition definition, ModelDescription model)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(model);
        return model.Capabilities.GivesFirstWords || Scorers.FirstWordsFor(definition).IsEmpty
            ? null
            : $"Benchmark '{definition.Name}' has metrics that need the probabilities of first words, "
                + $"which {model.Identity.Name} does not give; they will have no value.";
    }
}
