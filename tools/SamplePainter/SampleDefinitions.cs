using System.Collections.Immutable;
using System.Text.Json;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.SamplePainter;

/// <summary>
/// The definitions of the sample benchmarks: prompts, limits, scorers and published results as in the real definitions, but another split,
/// so that reports cannot confuse the two.
/// </summary>
internal static class SampleDefinitions
{
    private const string Split = "sample";
    private const string Source = "arXiv 2312.16862 v3, main table, TinyGPT-V (Phi-2)";
    private const string Before = "###Human: <Img><ImageHere></Img> ";
    private const string After = "###Assistant: ";
    private const string ShortAnswer = "[vqa] Based on the image, respond to this question with a short answer: {question}";
    private const string TrueOrFalse = "[vqa] Based on the image, is this statement true or false? {question}";

    private static readonly BenchmarkDefinition Gqa = new()
    {
        Name = new BenchmarkName("gqa"),
        Title = "GQA",
        Version = 1,
        Split = Split,
        Format = AnnotationFormat.Gqa,
        Files = Files(("annotations", "sample_questions.json")),
        ImageFolders = ["images"],
        Request = RequestKind.Generate,
        Instruction = ShortAnswer,
        Scorers = Scorers(
            ("tinygptv", "contains-label"), ("minigptv2", "equals-label-lower-cased"), ("official", "gqa-accuracy"), ("official-llava", "gqa-accuracy-llava"),
            ("official-triml", "gqa-accuracy-triml"), ("official-lavis", "gqa-accuracy-lavis")),
        Expected = new ExpectedCounts(120, 24),
        Published = Published(0.389, "testdev_balanced", ShortAnswer),
    };

    private static readonly BenchmarkDefinition Vsr = new()
    {
        Name = new BenchmarkName("vsr"),
        Title = "VSR",
        Version = 1,
        Split = Split,
        Format = AnnotationFormat.Vsr,
        Files = Files(("annotations", "sample.jsonl")),
        ImageFolders = ["train2017", "val2017"],
        Request = RequestKind.Generate,
        Instruction = TrueOrFalse,
        Scorers = Scorers(
            ("tinygptv", "contains-label-or-yes-no"), ("tinygptv-root", "contains-label"), ("minigptv2", "equals-label-lower-cased"),
            ("official", "true-or-false")),
        Expected = new ExpectedCounts(60, 30),
        Published = Published(0.547, "test", TrueOrFalse),
    };

    private static readonly BenchmarkDefinition IconQa = new()
    {
        Name = new BenchmarkName("iconqa"),
        Title = "IconVQ",
        Version = 1,
        Split = Split,
        Format = AnnotationFormat.IconQa,
        Files = Files(("annotations", "problems.json"), ("splits", "pid_splits.json"), ("skills", "pid2skills.json")),
        ImageFolders = ["iconqa/sample/choose_txt"],
        Request = RequestKind.Rank,
        Instruction = ShortAnswer + " ",
        Scorers = Scorers(("tinygptv", "mean-likelihood-choice"), ("minigptv2", "sum-likelihood-choice"), ("official", "mean-likelihood-choice")),
        Expected = new ExpectedCounts(60, 60),
        Published = Published(0.447, "val", ShortAnswer + " "),
    };

    public static ImmutableArray<BenchmarkDefinition> All { get; } = [Gqa, Vsr, IconQa];

    public static SampleFile FileOf(BenchmarkDefinition definition) =>
        SampleFile.Text("benchmark.json", JsonSerializer.Serialize(definition, EvaluationJson.Indented.ShapeOf<BenchmarkDefinition>()) + "\n");

    private static ImmutableSortedDictionary<string, ImmutableArray<string>> Files(params (string Role, string Path)[] files) =>
        files.ToImmutableSortedDictionary(file => file.Role, file => ImmutableArray.Create(file.Path), StringComparer.Ordinal);

    private static ImmutableSortedDictionary<string, string> Scorers(params (string Mode, string Scorer)[] scorers) =>
        scorers.ToImmutableSortedDictionary(scorer => scorer.Mode, scorer => scorer.Scorer, StringComparer.Ordinal);

    private static PublishedResult Published(double accuracy, string split, string instruction) =>
        new() { Source = Source, Accuracy = accuracy, Split = split, Mode = "tinygptv", PromptTemplate = Before + instruction + After };
}
