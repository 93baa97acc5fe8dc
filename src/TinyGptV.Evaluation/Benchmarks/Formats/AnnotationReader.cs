using System.Collections.Immutable;

namespace TinyGptV.Evaluation.Benchmarks.Formats;

/// <summary>Reads the samples of a benchmark from its annotation files, in any of the official layouts.</summary>
public static class AnnotationReader
{
    /// <summary>The role of the file with the reference answers and, in most formats, the questions. Every format has it.</summary>
    public const string Annotations = "annotations";

    /// <summary>The role of the file that assigns problems to splits (IconQA, official layout only).</summary>
    public const string Splits = "splits";

    /// <summary>The role of the file that assigns skills to problems (IconQA, optional).</summary>
    public const string Skills = "skills";

    /// <summary>The role of the file with the questions, if separate from the answers (VQAv2, OK-VQA).</summary>
    public const string Questions = "questions";

    /// <summary>The role of COCO's file of boxes and image sizes (RefCOCO, official layout only).</summary>
    public const string Instances = "instances";

    /// <summary>The role of the file with the valid and plausible answers to each question (GQA, official layout only, optional).</summary>
    public const string Choices = "choices";

    /// <summary>The roles that a definition may use in a format.</summary>
    /// <param name="format">The format.</param>
    /// <returns>The roles; the first is always <see cref="Annotations"/>.</returns>
    public static ImmutableArray<string> RolesOf(AnnotationFormat format) => format switch
    {
        AnnotationFormat.IconQa or AnnotationFormat.IconQaBlanks or AnnotationFormat.IconQaImages => [Annotations, Splits, Skills],
        AnnotationFormat.Vqa => [Annotations, Questions],
        AnnotationFormat.Gqa => [Annotations, Choices],
        AnnotationFormat.RefCoco => [Annotations, Instances],
        _ => [Annotations],
    };

    /// <summary>Reads all samples of a benchmark.</summary>
    /// <param name="definition">The benchmark; its format, split and files are used.</param>
    /// <param name="open">
    /// Opens the file of a role: the first path in <see cref="BenchmarkDefinition.Files"/> that exists. Returns null if none does.
    /// Called at most once per role, and only for files that are read; the callback can hash the files it opens.
    /// </param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>At least one sample, with unique ids, in file order (IconQA, official layout: in the order of the split).</returns>
    /// <exception cref="PrerequisiteException">A required file is missing or malformed; the message names file, record and field.</exception>
    /// <exception cref="IOException">A stream cannot be read.</exception>
    public static async ValueTask<ImmutableArray<Sample>> ReadAsync(
        BenchmarkDefinition definition, Func<string, AnnotationFile?> open, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(open);
        AnnotationFile annotations = OpenNeeded(definition, open, Annotations);
        string split = definition.Split;
        return await (definition.Format switch
        {
            AnnotationFormat.Gqa => GqaAnnotations.ReadAsync(annotations, () => open(Choices), split, cancellationToken),
            AnnotationFormat.Vsr => VsrAnnotations.ReadAsync(annotations, split, cancellationToken),
            AnnotationFormat.IconQa => IconQaAnnotations.ReadAsync(annotations, OpenSplits, () => open(Skills), split, cancellationToken),
            AnnotationFormat.IconQaBlanks => IconQaAnnotations.ReadBlanksAsync(annotations, OpenSplits, () => open(Skills), split, cancellationToken),
            AnnotationFormat.IconQaImages => IconQaAnnotations.ReadImagesAsync(annotations, OpenSplits, () => open(Skills), split, cancellationToken),
            AnnotationFormat.VizWiz => VizWizAnnotations.ReadAsync(annotations, cancellationToken),
            AnnotationFormat.HatefulMemes => HatefulMemesAnnotations.ReadAsync(annotations, cancellationToken),
            AnnotationFormat.Vqa => VqaAnnotations.ReadAsync(annotations, () => OpenNeeded(definition, open, Questions), cancellationToken),
            AnnotationFormat.RefCoco => RefCocoAnnotations.ReadAsync(annotations, () => OpenNeeded(definition, open, Instances), split, cancellationToken),
            AnnotationFormat.Csv => CsvAnnotations.ReadAsync(annotations, split, definition.Request is RequestKind.Rank, cancellationToken),
            _ => throw new ArgumentOutOfRangeException(nameof(definition), definition.Format, "No reader for this format."),
        }).ConfigureAwait(false);

        AnnotationFile OpenSplits() => OpenNeeded(definition, open, Splits);
    }

    private static AnnotationFile OpenNeeded(BenchmarkDefinition definition, Func<string, AnnotationFile?> open, string role) =>
        open(role) ?? throw new PrerequisiteException(
            $"Benchmark '{definition.Name}' has no {role} file: expected {Alternatives(definition, role)} in its folder, found none. "
            + "Put the official file there; see the README beside benchmark.json.");

    private static string Alternatives(BenchmarkDefinition definition, string role) =>
        definition.Files.TryGetValue(role, out ImmutableArray<string> paths) && !paths.IsDefaultOrEmpty
            ? string.Join(" or ", paths.Select(path => $"'{path}'"))
            : $"a path under \"{role}\" in \"files\" of benchmark.json, and that file";
}
