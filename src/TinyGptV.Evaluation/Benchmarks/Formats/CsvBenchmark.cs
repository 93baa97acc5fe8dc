using System.Collections.Immutable;

namespace TinyGptV.Evaluation.Benchmarks.Formats;

/// <summary>What a folder is evaluated as that has a CSV file of questions and no <c>benchmark.json</c>.</summary>
public static class CsvBenchmark
{
    /// <summary>The name that the file has then.</summary>
    public const string FileName = "questions.csv";

    private const string Instruction = "[vqa] Based on the image, respond to this question with a short answer: {question}";

    /// <summary>Makes the definition: a short answer is asked for, or the choices are ranked if the file has any, in the words of the original's scripts.</summary>
    /// <param name="name">The benchmark, which is also its title.</param>
    /// <param name="file">The file, of which the header is read.</param>
    /// <param name="cancellationToken">Ends the reading early.</param>
    /// <returns>The definition. Images are looked up beside the file and in <c>images</c>.</returns>
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
