using System.Collections.Immutable;
using TinyGptV.Backends.Chats;
using TinyGptV.Backends.Scripted;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Definitions;
using TinyGptV.Evaluation.Inference;
using TinyGptV.Evaluation.Reports;
using TinyGptV.Evaluation.Reports.Files;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Scoring;

namespace TinyGptV.Evaluation.Tests.Scoring;

/// <summary>Scores need only a run's stored lines, in any mode, for every shipped benchmark.</summary>
public sealed class RescoringTests
{
    private static readonly ImmutableArray<string> Texts =
        ["yes", "No.", "true or false", "green", "{<10><20><50><80>}", "unanswerable", "I do not know###Human: yes"];

    public static TheoryData<string> Shipped() =>
        [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "benchmarks-data"), "benchmark.json", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Shipped))]
    public async Task Stored_lines_give_the_same_report_in_every_mode(string file)
    {
        BenchmarkDefinition definition = TinyGptVChat.Format.Join(BenchmarkDefinitionReader.Read(File.ReadAllBytes(Path.Combine(Repository.Root, file)), file));
        ImmutableArray<Sample> samples = [.. Enumerable.Range(0, 40).Select(number => SampleOf(definition, number))];
        var benchmark = new Benchmark { Definition = definition, Samples = samples, Digests = ImmutableSortedDictionary<string, string>.Empty };
        var manifest = new RunManifest
        {
            Run = new RunId("run"),
            ProgramVersion = "1",
            Model = new ScriptedModel().Identity,
            Benchmarks = [RunPlanning.Describe(benchmark)],
            ShardSize = samples.Length,
        };
        List<Prediction> predictions = [];
        var model = new ScriptedModel((prompt, _) => Texts[prompt.Length % Texts.Length]);
        await foreach (PartPrediction answer in new SampleEvaluation(model, new AnyImage()).EvaluateAsync(
            [new EvaluationPart(definition, samples)], TestContext.Current.CancellationToken))
            predictions.Add(answer.Prediction);

        ImmutableArray<Prediction> stored = PredictionLines.Read(PredictionLines.Write(predictions), "0.jsonl");

        foreach (string mode in ScoringModes.All)
        {
            EvaluationReport report = EvaluationReport.Create(manifest, predictions, mode);
            Assert.Equal(ReportJson.Write(report), ReportJson.Write(EvaluationReport.Create(manifest, stored, mode)));
            Assert.NotNull(report.Benchmarks[0].Overall.Value);
            Assert.Equal(samples.Length, report.Benchmarks[0].Counts.Answered);
        }
    }

    private static Sample SampleOf(BenchmarkDefinition definition, int number) => new()
    {
        Id = new SampleId($"{number}"),
        Image = new ImageReference($"{number / 2}.jpg"),
        Question = new string('q', number),
        Target = definition.Request is RequestKind.Rank ? $"{number % 3}" : definition.Format switch
        {
            AnnotationFormat.Vsr => number % 2 == 0 ? "true" : "false",
            _ => number % 2 == 0 ? "yes" : "no",
        },
        Answers = [.. Enumerable.Range(0, 10).Select(person => new ReferenceAnswer(Texts[(number + (person / 4)) % Texts.Length]))],
        Box = new ReferenceBox(10, 20, 40, 60, 100, 100),
        Choices = definition.Request is RequestKind.Rank ? ["yes", "green grass", "unanswerable"] : [],
        Slices = [new Slice("answerable", number % 3 == 0 ? "no" : "yes"), new Slice("structural", number % 2 == 0 ? "query" : "verify")],
        Gqa = definition.Format is AnnotationFormat.Gqa
            ? new GqaContext { Group = $"{number % 4}", Entailed = [new SampleId($"{(number + 2) % 40}")], Valid = ["yes", "no"], Plausible = ["yes"] }
            : null,
    };

    private sealed class AnyImage : IImageSource
    {
        public ValueTask<EncodedImage> ReadAsync(
            BenchmarkName benchmark, ImmutableArray<string> folders, ImageReference image, CancellationToken cancellationToken) =>
            ValueTask.FromResult(new EncodedImage("an image"u8.ToArray()));
    }
}
