using System.Collections.Immutable;
using System.Globalization;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Definitions;
using TinyGptV.Evaluation.Models;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Fixtures.Reports;

/// <summary>
/// A run of the paper's five benchmarks, as the repository defines them, and a little of RefCOCO: 25,000 samples. Questions and answers are
/// generated from a seed; sizes, kinds of answers and slices are those of the real benchmarks. Some samples failed, some are missing.
/// </summary>
internal sealed class SyntheticRun
{
    private static readonly ChatFormat Chat = new("###Human: <Img><ImageHere></Img> ", "###Assistant: ");

    private const int Seed = 20_240_601;
    private const int BoxSamples = 65;

    private static readonly ImmutableArray<string> Names = ["gqa", "vsr", "iconqa", "vizwiz", "hm", "refcoco-val"];

    private static readonly ImmutableArray<string> Things =
        ["cat", "red car", "wooden table", "umbrella", "street sign", "bowl of fruit", "horse", "laptop", "bench", "kite", "traffic light", "window"];

    private static readonly ImmutableArray<string> Relations =
        ["under", "left of", "right of", "on top of", "behind", "in front of", "inside", "touching", "far from", "next to", "above", "facing", "across from",
            "beneath"];

    private static readonly ImmutableArray<string> Skills =
        ["algebra", "comparison", "counting", "estimation", "fraction", "geometry", "measurement", "pattern", "scene", "time"];

    private readonly Random _random = new(Seed);

    private SyntheticRun(string repository)
    {
        ImmutableArray<BenchmarkDefinition> definitions = [.. Names.Select(name =>
            Chat.Join(BenchmarkDefinitionReader.Read(File.ReadAllBytes(Path.Combine(repository, "benchmarks-data", name, "benchmark.json")), name)))];
        Manifest = new RunManifest
        {
            Run = new RunId("synthetic-paper-run"),
            ProgramVersion = "0.1.0",
            Model = new ModelIdentity
            {
                Name = "TinyGPT-V stage 4",
                Digest = new string('a', 64),
                Files = ImmutableSortedDictionary<string, string>.Empty.Add("TinyGPT-V_for_Stage4.pth", new string('b', 64)),
                Settings = ImmutableSortedDictionary<string, string>.Empty.Add("device", "cuda").Add("precision", "float16"),
            },
            Benchmarks = [.. definitions.Select(definition => new BenchmarkManifest
            {
                Definition = definition,
                Digests = ImmutableSortedDictionary<string, string>.Empty.Add("annotations.json", new string('c', 64)),
                Samples = SamplesOf(definition),
                Images = Math.Min(SamplesOf(definition), definition.Expected!.Images!.Value),
            })],
            ShardSize = 64,
        };
        Predictions = [.. definitions.SelectMany(Predict)];
    }

    public RunManifest Manifest { get; }

    public ImmutableArray<Prediction> Predictions { get; }

    /// <summary>Makes the run; always the same.</summary>
    /// <param name="repository">The checkout, for the definitions.</param>
    public static SyntheticRun Create(string repository) => new(repository);

    /// <summary>Writes the run as a run folder, in shards of a thousand samples.</summary>
    public void WriteTo(string runs)
    {
        string folder = Path.Combine(runs, Manifest.Run.Value);
        Directory.CreateDirectory(Path.Combine(folder, "predictions"));
        File.WriteAllBytes(
            Path.Combine(folder, "manifest.json"),
            System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(Manifest, TinyGptV.Evaluation.EvaluationJson.Indented.ShapeOf<RunManifest>()));
        foreach ((int shard, Prediction[] predictions) in Predictions.Chunk(1000).Index())
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"shard-{shard:D6}.jsonl");
            File.WriteAllBytes(Path.Combine(folder, "predictions", name), PredictionLines.Write(predictions));
        }
    }

    private static int SamplesOf(BenchmarkDefinition definition) => definition.Format is AnnotationFormat.RefCoco ? BoxSamples : definition.Expected!.Samples;

    private IEnumerable<Prediction> Predict(BenchmarkDefinition definition)
    {
        int missing = definition.Name.Value == "hm" ? 7 : 0;
        for (int i = 0; i < SamplesOf(definition) - missing; i++)
        {
            var open = new Prediction
            {
                Benchmark = definition.Name,
                Sample = Ask(definition, i),
                Prompt = "",
            };
            open = open with { Prompt = definition.WholePrompt.Replace("{question}", open.Sample.Question, StringComparison.Ordinal) };
            yield return _random.Next(2000) == 0
                ? open with
                {
                    Failure = new SampleFailure(
                        SampleFailureKind.ImageUndecodable, $"The image '{open.Sample.Image}' holds no picture. Fetch it again."),
                }
                : Answer(definition, open);
        }
    }

    private Sample Ask(BenchmarkDefinition definition, int i)
    {
        string thing = Pick(Things);
        int image = i % definition.Expected!.Images!.Value;
        string id = string.Create(CultureInfo.InvariantCulture, $"{100_000 + i}");
        var sample = new Sample
        {
            Id = new SampleId(id),
            Image = new ImageReference(string.Create(CultureInfo.InvariantCulture, $"n{image:D6}.jpg")),
            Question = $"What is to the left of the {thing} in this picture, and how many of them are there?",
            Target = Pick(Things),
        };
        return definition.Name.Value switch
        {
            "gqa" => sample with
            {
                Slices =
                [
                    new("structural", Pick(["choose", "compare", "logical", "query", "verify"])),
                    new("semantic", Pick(["attr", "cat", "global", "obj", "rel"])),
                    new("detailed", $"type {_random.Next(40):D2}"),
                ],
            },
            "vsr" => OfRelation(sample, thing, Pick(Relations)),
            "iconqa" => sample with
            {
                Question = $"How many of the shapes are like the {thing}?",
                Choices = ["2", "3", "4 or more", "none of these"],
                Target = _random.Next(4).ToString(CultureInfo.InvariantCulture),
                Slices = [new("skill", Pick(Skills)), new("choices", "4")],
            },
            "vizwiz" => sample with
            {
                Target = thing,
                Answers = [.. Enumerable.Range(0, 10).Select(person => new ReferenceAnswer(person < 7 ? thing : "unanswerable", "yes"))],
                Slices = [new("answer type", Pick(["yes/no", "number", "other", "unanswerable"]))],
            },
            "refcoco-val" => sample with { Question = thing, Target = "{<20><30><70><80>}", Box = new ReferenceBox(20, 30, 50, 50, 100, 100) },
            _ => sample with { Question = $"when you finally find the {thing}", Target = i % 2 == 0 ? "yes" : "no" },
        };
    }

    private Sample OfRelation(Sample sample, string thing, string relation) => sample with
    {
        Question = $"The {thing} is {relation} the {Pick(Things)}.",
        Target = _random.Next(2) == 0 ? "true" : "false",
        Slices = [new("relation", relation), new("category", Pick(["Adjacency", "Directional", "Orientation", "Projective", "Proximity", "Topological"]))],
    };

    private Prediction Answer(BenchmarkDefinition definition, Prediction open)
    {
        if (definition.Request is RequestKind.Rank)
        {
            var likelihoods = open.Sample.Choices.Select(_ => new ChoiceLikelihood(-20 * _random.NextDouble(), 1 + _random.Next(4)));
            return open with { Ranking = new ChoiceRanking([.. likelihoods]) };
        }
        bool right = _random.NextDouble() < 0.36;
        string text = definition.Format is AnnotationFormat.RefCoco ? right ? "{<22><33><75><85>}" : "{<0><0><30><30>}"
            : definition.Format is AnnotationFormat.Vsr && right && _random.Next(10) == 0
                ? $"{(open.Sample.Target == "true" ? "yes" : "no")}, {open.Sample.Target}"
            : right ? open.Sample.Target : Pick(["true", "no", "a " + Pick(Things), "unanswerable", Pick(Things)]);
        StopReason stop = _random.Next(3) == 0 ? StopReason.Length : StopReason.EndOfSequence;
        return open with { Generation = new Generation($"{text}###Human: and then?", [.. Enumerable.Range(1000, 12)], stop) };
    }

    private string Pick(ImmutableArray<string> from) => from[_random.Next(from.Length)];
}
