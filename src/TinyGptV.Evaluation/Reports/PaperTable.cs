using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Evaluation.Reports;

/// <summary>The row of TinyGPT-V (Phi-2) in the main table of arXiv 2312.16862 v3, in the paper's order of columns.</summary>
internal static class PaperTable
{
    public const string Model = "TinyGPT-V (Phi-2), arXiv 2312.16862 v3";

    /// <summary>The average as printed, which is the mean of the five.</summary>
    public const double Average = 0.4602;

    public static ImmutableArray<PaperColumn> Columns { get; } =
    [
        new(new BenchmarkName("gqa"), "GQA", 0.389),
        new(new BenchmarkName("vsr"), "VSR", 0.547),
        new(new BenchmarkName("iconqa"), "IconVQ", 0.447),
        new(new BenchmarkName("vizwiz"), "VizWiz", 0.378),
        new(new BenchmarkName("hm"), "HM", 0.540),
    ];
}

/// <summary>A benchmark's column of the paper's table.</summary>
internal sealed record PaperColumn(BenchmarkName Benchmark, string Title, double Accuracy);
