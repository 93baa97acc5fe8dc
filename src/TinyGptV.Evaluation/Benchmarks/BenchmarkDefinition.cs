using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace TinyGptV.Evaluation.Benchmarks;

/// <summary>How a benchmark's annotations are laid out in its official download; told apart inside a format by content.</summary>
public enum AnnotationFormat
{
    /// <summary>GQA: an object keyed by question id (Stanford) or a list of records (LAVIS).</summary>
    Gqa,

    /// <summary>VSR: JSON lines with caption, label and relation.</summary>
    Vsr,

    /// <summary>IconQA choose_txt: <c>problems.json</c> with <c>pid_splits.json</c> (official), or a prepared list.</summary>
    IconQa,

    /// <summary>IconQA fill_in_blank: the official files only; the answer is a text.</summary>
    IconQaBlanks,

    /// <summary>IconQA choose_img: the official files only; the choices are pictures, so that answers can be imported and scored but not asked for.</summary>
    IconQaImages,

    /// <summary>VizWiz: a list of records with ten answers each.</summary>
    VizWiz,

    /// <summary>Hateful Memes: JSON lines with text and label.</summary>
    HatefulMemes,

    /// <summary>VQAv2 and OK-VQA: a file of annotations and a file of questions, joined by question id.</summary>
    Vqa,

    /// <summary>RefCOCO, RefCOCO+ and RefCOCOg: the official references with COCO's instances, or the list prepared for MiniGPT-v2.</summary>
    RefCoco,

    /// <summary>A user's CSV file: columns <c>image</c>, <c>question</c>, <c>answer</c>, and optionally <c>choices</c>, <c>id</c> and slices.</summary>
    Csv,
}

/// <summary>What is asked of the model for every sample of a benchmark.</summary>
public enum RequestKind
{
    /// <summary>Generate an answer greedily.</summary>
    Generate,

    /// <summary>Rank the sample's choices by their likelihood.</summary>
    Rank,
}

/// <summary>
/// A benchmark as data: the content of <c>benchmarks-data/&lt;name&gt;/benchmark.json</c>. Adding a benchmark of a known format
/// needs such a file and no code.
/// </summary>
public sealed record BenchmarkDefinition
{
    internal const string ImagePlaceholder = "{image}";

    /// <summary>The short name, equal to the folder's.</summary>
    public required BenchmarkName Name { get; init; }

    /// <summary>The name as printed in reports, for example <c>GQA</c>.</summary>
    public required string Title { get; init; }

    /// <summary>Raised whenever a change of this definition could change a number.</summary>
    public required int Version { get; init; }

    /// <summary>The split that is evaluated, for example <c>testdev_balanced</c>.</summary>
    public required string Split { get; init; }

    /// <summary>The layout of the annotation files.</summary>
    public required AnnotationFormat Format { get; init; }

    /// <summary>
    /// Annotation files below the benchmark's folder, by role. Every format has the role <c>annotations</c>; IconQA adds
    /// <c>splits</c> and <c>skills</c>, VQA <c>questions</c>. A value lists alternatives: the first that exists is read.
    /// </summary>
    public required ImmutableSortedDictionary<string, ImmutableArray<string>> Files { get; init; }

    /// <summary>Folders below the benchmark's folder in which an image is looked up, in this order.</summary>
    public required ImmutableArray<string> ImageFolders { get; init; }

    /// <summary>
    /// How image files may be called, with <c>{image}</c> for what the annotations say, looked up in this order in every folder; null for just that. COCO's
    /// pictures are called <c>COCO_val2014_000000000042.jpg</c> in the release of 2014 and <c>000000000042.jpg</c> in that of 2017.
    /// </summary>
    public ImmutableArray<string>? ImageNames { get; init; }

    /// <summary>What is asked of the model.</summary>
    public required RequestKind Request { get; init; }

    /// <summary>
    /// The whole prompt with the placeholders <c>&lt;ImageHere&gt;</c> (where the image goes) and <c>{question}</c>, as manifests record it: the
    /// instruction in the model's chat format. A <c>benchmark.json</c> may state it in place of an instruction; then every model gets it as it is.
    /// </summary>
    public string? PromptTemplate { get; init; }

    /// <summary>
    /// What the model is told to do, with the placeholder <c>{question}</c>, in no model's format; null once it stands in <see cref="PromptTemplate"/>.
    /// </summary>
    public string? Instruction { get; init; }

    /// <summary>The largest number of tokens generated for one sample. Default: 20, as in the original's scripts.</summary>
    public int MaxNewTokens { get; init; } = 20;

    /// <summary>What is appended to every choice when choices are ranked. Default: a newline, as in the original's scripts.</summary>
    public string EndOfChoice { get; init; } = "\n";

    /// <summary>Scorer name for each scoring mode, for example <c>tinygptv</c> to <c>contains-label</c>.</summary>
    public required ImmutableSortedDictionary<string, string> Scorers { get; init; }

    /// <summary>The mode that stands in for those that the benchmark does not have; null for <c>official</c>, if it has that.</summary>
    public string? FallbackMode { get; init; }

    /// <summary>How many samples and distinct images the split officially has; null if unknown.</summary>
    public ExpectedCounts? Expected { get; init; }

    /// <summary>The published result this benchmark is laid beside; null if there is none.</summary>
    public PublishedResult? Published { get; init; }

    /// <summary>The whole prompt of a benchmark that a model is asked.</summary>
    /// <exception cref="InvalidOperationException">The benchmark was not joined with a chat format.</exception>
    [JsonIgnore]
    public string WholePrompt => PromptTemplate ?? throw new InvalidOperationException($"The benchmark '{Name}' has an instruction and no chat format yet.");

    /// <summary>
    /// Why the model cannot be asked, as the end of a sentence; null if it can. Answers that other systems gave can be imported and scored in either case.
    /// </summary>
    [JsonIgnore]
    public string? Unaskable =>
        Format is AnnotationFormat.IconQaImages ? "its choices are pictures, and the model takes one picture and answers in words" : null;

    /// <summary>The benchmark as a run asked it, if the run's prompt holds this instruction; otherwise unchanged, so that the difference shows.</summary>
    /// <param name="promptTemplate">The whole prompt of the run.</param>
    /// <returns>The benchmark.</returns>
    public BenchmarkDefinition AskedAs(string? promptTemplate) =>
        Instruction is { } instruction && promptTemplate?.Contains(instruction, StringComparison.Ordinal) == true
            ? this with { Instruction = null, PromptTemplate = promptTemplate }
            : this;

    /// <summary>The names under which an image is looked up.</summary>
    /// <param name="image">The image, as the annotations name it.</param>
    /// <returns>The names in the order of <see cref="ImageNames"/>; at least one.</returns>
    public ImmutableArray<ImageReference> NamesOf(ImageReference image) => ImageNames is { } names
        ? [.. names.Select(name => new ImageReference(name.Replace(ImagePlaceholder, image.Path, StringComparison.Ordinal)))]
        : [image];
}

/// <summary>The official size of a split.</summary>
/// <param name="Samples">Number of questions.</param>
/// <param name="Images">Number of distinct images; null if only that is not known.</param>
public sealed record ExpectedCounts(int Samples, int? Images = null);

/// <summary>A number from a paper.</summary>
public sealed record PublishedResult
{
    /// <summary>Where the number stands, for example <c>arXiv 2312.16862 v3, Table 2</c>.</summary>
    public required string Source { get; init; }

    /// <summary>Accuracy in the range 0..1.</summary>
    public required double Accuracy { get; init; }

    /// <summary>The split it was measured on; a run on another split is not comparable.</summary>
    public required string Split { get; init; }

    /// <summary>The scoring mode it is believed to follow; another mode is not comparable.</summary>
    public required string Mode { get; init; }

    /// <summary>The prompt it was measured with; a run with another one is not comparable. Null if that is unknown: then prompts are not compared.</summary>
    public string? PromptTemplate { get; init; }
}
