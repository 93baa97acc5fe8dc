using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Evaluation.Models;

/// <summary>How a model is prompted: the text around a benchmark's instruction. Defined by the model's backend.</summary>
/// <param name="Before">The text before the instruction; contains <see cref="PromptTemplate.ImagePlaceholder"/> once.</param>
/// <param name="After">The text after it.</param>
public sealed record ChatFormat(string Before, string After)
{
    /// <summary>Only the image before the instruction: for models that take image and text separately.</summary>
    public static ChatFormat Plain { get; } = new(PromptTemplate.ImagePlaceholder, "");

    /// <summary>Builds a benchmark's whole prompt from its instruction, as manifests record it.</summary>
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
