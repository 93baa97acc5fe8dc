namespace TinyGptV.Evaluation.Reports;

/// <summary>Counts the answers of a benchmark. Answered, failed and missing add up to expected.</summary>
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

    /// <summary>How many extra predictions there are for samples that already have one; they are ignored.</summary>
    public required int Duplicated { get; init; }

    /// <summary>How many answers take neither side or both.</summary>
    public required int Undecided { get; init; }

    /// <summary>How many have no answer: failed or missing.</summary>
    internal int Unanswered => Failed + Missing;

    /// <summary>Whether any sample lacks an answer.</summary>
    public bool IsPartial => Unanswered > 0;
}
