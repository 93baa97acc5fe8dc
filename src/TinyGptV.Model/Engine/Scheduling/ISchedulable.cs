namespace TinyGptV.Model.Engine.Scheduling;

/// <summary>Work that takes several steps, as the batcher sees it: a count of rows, no tensor.</summary>
internal interface ISchedulable
{
    /// <summary>How many rows the next step costs; 0 when the work is done.</summary>
    int RowsDue { get; }

    /// <summary>Nobody waits for the result any more.</summary>
    bool IsAbandoned { get; }
}
