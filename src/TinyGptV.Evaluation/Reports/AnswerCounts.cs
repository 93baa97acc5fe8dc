namespace TinyGptV.Evaluation.Reports;

/// <summary>How many samples of a benchmark have answers. Answered, failed and missing add up to what was expected.</summary>
public sealed record AnswerCounts
{
    /// <summary>How many samples the run evaluates.</summary>
    public required int Expected { get; init; }

    /// <summary>How many have an answer.</summary>
    public required int Answered { get; init; }

    /// <summary>How many have a prediction without an answer; each scores 0.</summary>
    public required int Failed { get; init; }

    /// <summary>How many have no prediction; each scores 0.</summary>
    public required int Missing { get; init; }

    /// <summary>How many predictions are there beyond one for a sample; they are not counted.</summary>
    public required int Duplicated { get; init; }

    /// <summary>How many answers take no side or both, and score 0 for that reason.</summary>
    public required int Undecided { get; init; }

    /// <summary>How many have no answer, whether they failed or are missing.</summary>
    internal int Unanswered => Failed + Missing;

    /// <summary>Whether a sample has no answer.</summary>
    public bool IsPartial => Unanswered > 0;
}
