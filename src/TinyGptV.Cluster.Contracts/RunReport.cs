using System.Collections.Immutable;
using TinyGptV.Evaluation.Reports;

namespace TinyGptV.Cluster.Contracts;

/// <summary>The report of a run as a client shows it; the files of it are in the coordinator's store.</summary>
[GenerateSerializer, Immutable, Alias("tinygptv.run-report")]
public sealed record RunReport
{
    /// <summary>The tables in the order in which they are shown: results, then what they rest on. Empty if there is no report.</summary>
    [Id(0)]
    public ImmutableArray<ReportTable> Tables { get; init; } = [];

    /// <summary>The whole report as JSON, for scripts; empty if there is no report.</summary>
    [Id(1)]
    public string Json { get; init; } = "";

    /// <summary>Where the report's files are, as the coordinator sees them.</summary>
    [Id(2)]
    public ImmutableArray<string> Files { get; init; } = [];

    /// <summary>How many samples have no answer.</summary>
    [Id(3)]
    public int Unanswered { get; init; }

    /// <summary>Why there is no report: what was expected, what was found, what to do; null if there is one.</summary>
    [Id(4)]
    public string? Problem { get; init; }
}
