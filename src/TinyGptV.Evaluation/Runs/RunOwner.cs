namespace TinyGptV.Evaluation.Runs;

/// <summary>A coordinator that works on runs, as others see it.</summary>
public sealed record RunOwner
{
    /// <summary>Unique for every start of a coordinator.</summary>
    public required string Instance { get; init; }

    /// <summary>How to call it in a message, for example <c>process 4711 on host 'node-3'</c>.</summary>
    public required string Place { get; init; }

    /// <summary>Its address among the members of its cluster; null if it has none.</summary>
    public string? Silo { get; init; }

    /// <summary>Identifies the machine, and the part of it in which process ids are unique; null if unknown.</summary>
    public string? Machine { get; init; }

    /// <summary>Its process id on that machine.</summary>
    public int Process { get; init; }

    /// <summary>When the process started, in units of the machine; tells processes with the same id apart.</summary>
    public long Started { get; init; }
}
