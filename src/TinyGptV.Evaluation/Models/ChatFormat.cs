using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Evaluation.Models;

/// <summary>How a model wants to be asked: what stands around a benchmark's instruction. Owned by the model's backend.</summary>
/// <param name="Before">What stands before the instruction; holds <see cref="PromptTemplate.ImagePlaceholder"/> once.</param>
/// <param name="After">What stands behind it.</param>
public sealed record ChatFormat(string Before, string After)
{
    /// <summary>The image and nothing else around the instruction: for models that get instruction and image apart.</summary>
    public static ChatFormat Plain { get; } = new(PromptTemplate.ImagePlaceholder, "");

    /// <summary>Joins a benchmark with the format: from its instruction to the whole prompt, as manifests record it.</summary>
    /// <param name="definition">The benchmark.</param>
    /// <returns>The benchmark with <see cref="BenchmarkDefinition.PromptTemplate"/>; unchanged if it states its whole prompt itself.</returns>
    public BenchmarkDefinition Join(BenchmarkDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        return definition.Instruction is { } instruction
            ? definition with { Instruction = null, PromptTemplate = Before + instruction + After }
            : definition;
    }
}
