using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Models;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Evaluation.Tests;

/// <summary>Made-up definitions and predictions.</summary>
internal static class Predictions
{
    public static BenchmarkDefinition Definition(string name, RequestKind request, params (string Mode, string Scorer)[] scorers) => new()
    {
        Name = new BenchmarkName(name),
        Title = name.ToUpperInvariant(),
        Version = 1,
        Split = "sample",
        Format = request is RequestKind.Rank ? AnnotationFormat.IconQa : AnnotationFormat.Gqa,
        Files = ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty.Add("annotations", ["questions.json"]),
        ImageFolders = ["images"],
        Request = request,
        PromptTemplate = "<ImageHere>{question}",
        Scorers = scorers.ToImmutableSortedDictionary(scorer => scorer.Mode, scorer => scorer.Scorer, StringComparer.Ordinal),
    };

    public static Prediction Generated(string benchmark, string id, string target, string text, params Slice[] slices) =>
        Open(benchmark, id, target, slices) with { Generation = new Generation(text, [1, 2], StopReason.Length) };

    public static Prediction Failed(string benchmark, string id, string target, params Slice[] slices) =>
        Open(benchmark, id, target, slices) with { Failure = new SampleFailure(SampleFailureKind.ImageUnavailable, $"images/{id}.jpg is not there.") };

    public static Prediction Ranked(
        string benchmark, string id, string target, ImmutableArray<string> choices, ImmutableArray<ChoiceLikelihood> likelihoods, params Slice[] slices)
    {
        Prediction open = Open(benchmark, id, target, slices);
        return open with { Sample = open.Sample with { Choices = choices }, Ranking = new ChoiceRanking(likelihoods) };
    }

    private static Prediction Open(string benchmark, string id, string target, Slice[] slices) => new()
    {
        Benchmark = new BenchmarkName(benchmark),
        Sample = new Sample
        {
            Id = new SampleId(id),
            Image = new ImageReference(id + ".jpg"),
            Question = $"Question {id}?",
            Target = target,
            Slices = [.. slices],
        },
        Prompt = $"<ImageHere>Question {id}?",
    };
}
