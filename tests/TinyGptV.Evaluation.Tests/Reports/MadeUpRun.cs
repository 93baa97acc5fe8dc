using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Models;
using TinyGptV.Evaluation.Reports;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Evaluation.Tests.Reports;

/// <summary>A small run with all that a report must handle: failures, missing and duplicate samples, odd texts, a prediction of another benchmark.</summary>
internal static class MadeUpRun
{
    public static RunManifest Manifest { get; } = new()
    {
        Run = new RunId("made-up_run"),
        ProgramVersion = "0.1.0",
        Model = new ModelIdentity
        {
            Name = "tiny | model",
            Digest = "d1",
            Files = ImmutableSortedDictionary<string, string>.Empty.Add("config.json", "f1").Add("stage4.pth", "f2"),
            Settings = ImmutableSortedDictionary<string, string>.Empty.Add("device", "cpu").Add("precision", "float32"),
        },
        Benchmarks =
        [
            Benchmark("gqa", "GQA", RequestKind.Generate, 6, 4, ("tinygptv", "contains-label"), ("official", "equals-label")),
            Benchmark("vsr", "VSR", RequestKind.Generate, 3, 3, ("tinygptv", "contains-label-or-yes-no"), ("official", "true-or-false")),
            Benchmark("iconqa", "IconVQ", RequestKind.Rank, 2, 2, ("tinygptv", "mean-likelihood-choice"), ("official", "sum-likelihood-choice")),
            Benchmark("own", "My own", RequestKind.Generate, 1, 1, ("tinygptv", "equals-label"), ("official", "equals-label")),
        ],
        ShardSize = 4,
    };

    public static ImmutableArray<Prediction> All { get; } =
    [
        Predictions.Generated("gqa", "09", "no", "I know", new("structural", "verify"), new("semantic", "obj")),
        Predictions.Generated("gqa", "1", "green", "Red, \"or\" so\r\n###green", new("structural", "query"), new("semantic", "attr")),
        Predictions.Generated("gqa", "2", "left", "=right", new("structural", "choose"), new("semantic", "rel")),
        Predictions.Generated("gqa", "3", "red", "red", new("structural", "query"), new("semantic", "attr")),
        Predictions.Generated("gqa", "3", "red", "green", new("structural", "query"), new("semantic", "attr")),
        Predictions.Failed("gqa", "4", "blue", new Slice("structural", "query"), new Slice("semantic", "attr")),
        Predictions.Generated("vsr", "sample:1", "true", "yes, true", new Slice("relation", "under")),
        Predictions.Generated("vsr", "sample:10", "false", "true or false", new Slice("relation", "left of")),
        Predictions.Generated("vsr", "sample:2", "true", "maybe", new Slice("relation", "under")),
        Predictions.Ranked(
            "iconqa", "7", "1", ["one", "twenty two"], [new(-3, 1), new(-4, 4)], new("choices", "2"), new("skill", "counting"), new("skill", "time")),
        Predictions.Ranked("iconqa", "8", "0", ["a", "b"], [new(-1, 1), new(-2, 1)], new("choices", "2"), new("skill", "counting")),
        Predictions.Generated("own", "x", "caf\u00e9", "caf\u00e9"),
        Predictions.Generated("other", "y", "a", "a"),
    ];

    public static EvaluationReport Report(string mode = "tinygptv") => EvaluationReport.Create(Manifest, All, mode);

    private static BenchmarkManifest Benchmark(string name, string title, RequestKind request, int samples, int images, params (string, string)[] scorers) =>
        new()
        {
            Definition = Predictions.Definition(name, request, scorers) with
            {
                Title = title,
                Expected = new ExpectedCounts(samples, images),
                Published = name == "own"
                    ? null
                    : new PublishedResult { Source = "a paper", Accuracy = 0.5, Split = name == "iconqa" ? "sample" : "test", Mode = "tinygptv" },
            },
            Digests = ImmutableSortedDictionary<string, string>.Empty.Add("questions.json", name + "-digest"),
            Samples = samples,
            Images = images,
        };
}
