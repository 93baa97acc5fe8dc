using System.Collections.Immutable;

namespace TinyGptV.Evaluation.Benchmarks.Formats;

/// <summary>The definition of a benchmark folder with a CSV file of questions but no <c>benchmark.json</c>.</summary>
public static class CsvBenchmark
{
    /// <summary>The name of that CSV file.</summary>
    public const string FileName = "questions.csv";

    private const string Instruction = "[vqa] Based on the image, respond to this question with a short answer: {question}";

    /// <summary>
    /// Creates the definition. The model gives a short answer, or ranks the choices if the file has any; the prompt is that of the original scripts.
    /// </summary>
    /// <param name="name">The benchmark's name, also its title.</param>
    /// <param name="file">The file; only its header is read.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The definition, with images beside the file or in <c>images</c>.</returns>
    /// <exception cref="PrerequisiteException">The header lacks a column.</exception>
    public static async ValueTask<BenchmarkDefinition> DefineAsync(BenchmarkName name, AnnotationFile file, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(file);
        bool ranked = await CsvAnnotations.HasChoicesAsync(file, cancellationToken).ConfigureAwait(false);
        return new BenchmarkDefinition
        {
            Name = name,
            Title = name.Value,
            Version = 1,
            Split = "all",
            Format = AnnotationFormat.Csv,
            Files = ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty.Add(AnnotationReader.Annotations, [FileName]),
            ImageFolders = [".", "images"],
            Request = ranked ? RequestKind.Rank : RequestKind.Generate,
            Instruction = Instruction + (ranked ? " " : ""),
            Scorers = ranked
                ? Scorers("mean-likelihood-choice", "sum-likelihood-choice", "mean-likelihood-choice")
                : Scorers("contains-label-any-case", "equals-label-any-case", "equals-label-any-case"),
        };
    }

    private static ImmutableSortedDictionary<string, string> Scorers(string tinyGptV, string miniGptV2, string official) =>
        ImmutableSortedDictionary<string, string>.Empty.Add("tinygptv", tinyGptV).Add("minigptv2", miniGptV2).Add("official", official);
}
