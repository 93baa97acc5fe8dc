using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Models;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Evaluation.Tests.Runs;

/// <summary>Small benchmarks, manifests and predictions.</summary>
internal static class SampleRuns
{
    public static BenchmarkDefinition Definition(string name, RequestKind request = RequestKind.Generate) => new()
    {
        Name = new BenchmarkName(name),
        Title = name.ToUpperInvariant(),
        Version = 1,
        Split = "test",
        Format = AnnotationFormat.Gqa,
        Files = ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty.Add("annotations", ["test.json"]),
        ImageFolders = ["images", "more"],
        Request = request,
        PromptTemplate = "###Human: <Img><ImageHere></Img> {question} ###Assistant: ",
        Scorers = ImmutableSortedDictionary<string, string>.Empty.Add("strict", "exact"),
    };

    public static Sample Sample(int number, string image) => new()
    {
        Id = new SampleId($"s{number:D4}"),
        Image = new ImageReference(image),
        Question = $"Question {number}?",
        Target = "yes",
    };

    /// <summary>One sample per element, with the image of that number.</summary>
    public static Benchmark Benchmark(string name, params IEnumerable<int> images) => new()
    {
        Definition = Definition(name),
        Samples = [.. images.Select((image, number) => Sample(number, $"{image}.png"))],
        Digests = ImmutableSortedDictionary<string, string>.Empty.Add("test.json", "00ff"),
    };

    public static RunManifest Manifest(params IEnumerable<Benchmark> benchmarks) => new()
    {
        Run = new RunId("a-run"),
        ProgramVersion = "1.0.0",
        Model = new ModelIdentity
        {
            Name = "scripted",
            Digest = "abcd",
            Settings = ImmutableSortedDictionary<string, string>.Empty.Add("precision", "float32"),
        },
        Benchmarks = [.. benchmarks.Select(RunPlanning.Describe)],
        ShardSize = 4,
    };

    public static Prediction Prediction(string benchmark, Sample sample, SampleFailure? failure = null) => new()
    {
        Benchmark = new BenchmarkName(benchmark),
        Sample = sample,
        Prompt = $"<ImageHere> {sample.Question}",
        Generation = failure is null ? new Generation("yes <b>\u2028 \n \u00e9\ud83d\ude00", [1, 2], StopReason.Length) : null,
        Failure = failure,
    };
}
