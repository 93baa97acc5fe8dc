using System.Collections.Immutable;
using TinyGptV.Evaluation.Reports;

namespace TinyGptV.Cluster.Contracts;

/// <summary>A run's report for display by a client; its files are in the coordinator's store.</summary>
[GenerateSerializer, Immutable, Alias("tinygptv.run-report")]
public sealed record RunReport
{
    /// <summary>The tables in display order: results, then their details. Empty if there is no report.</summary>
    [Id(0)]
    public ImmutableArray<ReportTable> Tables { get; init; } = [];

    /// <summary>The whole report as JSON, for scripts; empty if there is no report.</summary>
    [Id(1)]
    public string Json { get; init; } = "";

    /// <summary>The report's files, as seen by the coordinator.</summary>
    [Id(2)]
    public ImmutableArray<string> Files { get; init; } = [];

    /// <summary>Samples without an answer.</summary>
    [Id(3)]
    public int Unanswered { get; init; }

    /// <summary>Why there is no report and what to do; null if there is one.</summary>
    [Id(4)]
    public string? Problem { get; init; }

    /// <summary>True if there is no report because storage does not answer; the same request can succeed later.</summary>
    [Id(5)]
    public bool MayPass { get; init; }
}
