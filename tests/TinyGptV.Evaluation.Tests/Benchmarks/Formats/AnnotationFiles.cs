using System.Collections.Immutable;
using System.Text;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Benchmarks.Formats;

namespace TinyGptV.Evaluation.Tests.Benchmarks.Formats;

/// <summary>Annotation files in memory, and the definition that reads them.</summary>
internal static class AnnotationFiles
{
    public static BenchmarkDefinition Definition(AnnotationFormat format, string split) => new()
    {
        Name = new BenchmarkName("made-up"),
        Title = "Made-up",
        Version = 1,
        Split = split,
        Format = format,
        Files = ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty.Add("annotations", ["a.json", "b/a.json"]),
        ImageFolders = ["images"],
        Request = RequestKind.Generate,
        PromptTemplate = "<ImageHere>{question}",
        Scorers = ImmutableSortedDictionary<string, string>.Empty,
    };

    public static async Task<ImmutableArray<Sample>> ReadAsync(AnnotationFormat format, string split, params (string Role, string Text)[] files) =>
        await ReadBytesAsync(format, split, [.. files.Select(file => (file.Role, Encoding.UTF8.GetBytes(file.Text)))]);

    public static async Task<ImmutableArray<Sample>> ReadBytesAsync(AnnotationFormat format, string split, params (string Role, byte[] Content)[] files) =>
        await AnnotationReader.ReadAsync(
            Definition(format, split),
            role => files.Where(file => file.Role == role).Select(file => new AnnotationFile(role + ".json", new MemoryStream(file.Content))).FirstOrDefault(),
            TestContext.Current.CancellationToken);

    /// <summary>The error message for a file.</summary>
    public static async Task<string> RefusalAsync(AnnotationFormat format, string split, params (string Role, string Text)[] files) =>
        (await Assert.ThrowsAsync<PrerequisiteException>(() => ReadAsync(format, split, files))).Message;
}
