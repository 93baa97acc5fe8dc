namespace TinyGptV.Model.Engine.Scheduling;

/// <summary>A request as the batcher sees it: a number of rows, no tensors.</summary>
internal interface ISchedulable
{
    /// <summary>Number of rows in the next step; 0 when finished.</summary>
    int RowsDue { get; }

    /// <summary>Whether the caller has cancelled the request.</summary>
    bool IsAbandoned { get; }
}
