using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Cluster.Tests.Doubles;

/// <summary>Benchmarks <c>gqa</c> (open questions) and <c>iconqa</c> (choices); every image is its own name, one is missing.</summary>
internal sealed class InMemoryBenchmarks : IBenchmarkSource, IImageSource
{
    public static readonly BenchmarkName Gqa = new("gqa");
    public static readonly BenchmarkName IconQa = new("iconqa");

    public static readonly ImageReference Missing = new("missing.png");

    private readonly Dictionary<BenchmarkName, Benchmark> _benchmarks;
    private readonly TaskCompletionSource _firstReadBegins = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<BenchmarkName> _reads = [];
    private int _held;

    /// <summary>Whether the first read of a benchmark never ends, because the test kills its process.</summary>
    public bool HoldsFirstRead { get; init; }

    /// <summary>What was read, in order; each reading opens and hashes all files of a benchmark.</summary>
    public ImmutableArray<BenchmarkName> Reads => [.. _reads];

    /// <summary>Ends when a benchmark is read for the first time.</summary>
    public Task WhenFirstReadBegins => _firstReadBegins.Task;

    /// <summary>Whether the missing image is noticed before a run starts. Default: it goes missing only after that.</summary>
    public bool KnowsWhatIsMissing { get; set; }

    /// <summary>Whether the missing image is there after all.</summary>
    public bool IsComplete { get; init; }

    public InMemoryBenchmarks(int questions = 40, int imagesOfQuestions = 9, int choices = 7)
    {
        _benchmarks = new[]
        {
            Create(Gqa, RequestKind.Generate, questions, number => new ImageReference(number == 3 ? Missing.Path : $"{number % imagesOfQuestions}.png")),
            Create(IconQa, RequestKind.Rank, choices, number => new ImageReference($"choose_txt/{number}.png")),
        }.ToDictionary(benchmark => benchmark.Definition.Name);
    }

    /// <summary>The benchmarks in ordinal order, the default order of a run.</summary>
    public ImmutableArray<Benchmark> All => [.. _benchmarks.Values.OrderBy(benchmark => benchmark.Definition.Name)];

    public int Samples => All.Sum(benchmark => benchmark.Samples.Length);

    /// <summary>Replaces the annotation files of a benchmark.</summary>
    public void Change(BenchmarkName name) =>
        _benchmarks[name] = _benchmarks[name] with { Digests = _benchmarks[name].Digests.SetItem("test.json", "changed") };

    public ValueTask<ImmutableArray<BenchmarkName>> ListAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<ImmutableArray<BenchmarkName>>([.. All.Select(benchmark => benchmark.Definition.Name)]);

    public async ValueTask<Benchmark> ReadAsync(BenchmarkName name, CancellationToken cancellationToken)
    {
        _firstReadBegins.TrySetResult();
        _reads.Enqueue(name);
        if (HoldsFirstRead && Interlocked.Exchange(ref _held, 1) == 0)
            await Task.Delay(Timeout.Infinite, cancellationToken);
        return _benchmarks.TryGetValue(name, out Benchmark? benchmark) ? benchmark : throw new PrerequisiteException($"There is no benchmark '{name}'.");
    }

    public ValueTask<ImmutableArray<ImageReference>> FindMissingImagesAsync(Benchmark benchmark, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ImmutableArray<ImageReference>>(
            [.. benchmark.Samples.Select(sample => sample.Image).Distinct().Where(image => KnowsWhatIsMissing && image == Missing)]);

    public ValueTask<EncodedImage> ReadAsync(
        BenchmarkName benchmark, ImmutableArray<string> folders, ImageReference image, CancellationToken cancellationToken) => image == Missing && !IsComplete
        ? throw new FileNotFoundException("Could not find file '/data/images/missing.png'.")
        : ValueTask.FromResult(new EncodedImage(Encoding.UTF8.GetBytes($"{benchmark}/{image}")));

    private static Benchmark Create(BenchmarkName name, RequestKind request, int samples, Func<int, ImageReference> image) => new()
    {
        Definition = new BenchmarkDefinition
        {
            Name = name,
            Title = name.Value.ToUpperInvariant(),
            Version = 1,
            Split = "test",
            Format = AnnotationFormat.Gqa,
            Files = ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty.Add("annotations", ["test.json"]),
            ImageFolders = ["images"],
            Request = request,
            PromptTemplate = $"<ImageHere> {name}: {{question}}",
            Scorers = ImmutableSortedDictionary<string, string>.Empty
                .Add("tinygptv", request == RequestKind.Rank ? "mean-likelihood-choice" : "contains-label"),
            Expected = new ExpectedCounts(samples, Enumerable.Range(0, samples).Select(image).Distinct().Count()),
            Published = new PublishedResult { Source = "a paper", Accuracy = 0.5, Split = "test", Mode = "tinygptv" },
        },
        Samples = [.. Enumerable.Range(0, samples).Select(number => CreateSample(name, request, number, image(number)))],
        Digests = ImmutableSortedDictionary<string, string>.Empty.Add("test.json", $"digest of {name}"),
    };

    private static Sample CreateSample(BenchmarkName name, RequestKind request, int number, ImageReference image) => new()
    {
        Id = new SampleId($"{name}-{number:D4}"),
        Image = image,
        Question = $"Question {number}?",
        Target = request == RequestKind.Rank ? "0" : "yes",
        Choices = request == RequestKind.Rank ? ["yes", "no"] : [],
        Slices = [new Slice("kind", "even")],
    };
}
