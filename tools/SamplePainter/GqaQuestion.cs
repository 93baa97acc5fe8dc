namespace TinyGptV.SamplePainter;

/// <summary>A step of the program that answers a question about the scene.</summary>
internal sealed record GqaStep(string Operation, string Argument, params int[] Dependencies);

/// <summary>A question with its answer and GQA's metadata.</summary>
internal sealed record GqaQuestion
{
    public required string Question { get; init; }

    public required string Answer { get; init; }

    public required string FullAnswer { get; init; }

    public required string Structural { get; init; }

    public required string Semantic { get; init; }

    public required string Detailed { get; init; }

    public required IReadOnlyList<GqaStep> Program { get; init; }

    /// <summary>The answer group; null for yes/no questions.</summary>
    public string? Group { get; init; }

    public required string LocalGroup { get; init; }
}
