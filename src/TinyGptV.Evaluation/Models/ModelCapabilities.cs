namespace TinyGptV.Evaluation.Models;

/// <summary>What a model supports. Checked before a run starts. Default: everything.</summary>
public sealed record ModelCapabilities
{
    /// <summary>Everything that a benchmark can need.</summary>
    public static ModelCapabilities All { get; } = new();

    /// <summary>Whether it generates answers.</summary>
    public bool Generates { get; init; } = true;

    /// <summary>Whether it ranks given answers by their likelihood.</summary>
    public bool RanksByLikelihood { get; init; } = true;

    /// <summary>Whether it gives the probabilities of first words, without which some metrics have no value.</summary>
    public bool GivesFirstWords { get; init; } = true;

    /// <summary>Whether the same request always gets the same answer, to the last bit.</summary>
    public bool IsDeterministic { get; init; } = true;
}
