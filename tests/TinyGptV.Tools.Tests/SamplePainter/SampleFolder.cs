using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Benchmarks.Formats;
using TinyGptV.Evaluation.Definitions;

namespace TinyGptV.Tools.Tests.SamplePainter;

/// <summary>The committed sample set, read with the readers for the real benchmarks.</summary>
internal static class SampleFolder
{
    public static string Root { get; } = Path.Combine(FindRepository(), "benchmarks-data");

    public static string Of(string benchmark) => Path.Combine(Root, "sample", benchmark);

    public static BenchmarkDefinition Definition(string folder) =>
        BenchmarkDefinitionReader.Read(File.ReadAllBytes(Path.Combine(folder, "benchmark.json")), folder);

    public static async Task<ImmutableArray<Sample>> ReadAsync(string benchmark)
    {
        BenchmarkDefinition definition = Definition(Of(benchmark));
        return await AnnotationReader.ReadAsync(
            definition,
            role => definition.Files.TryGetValue(role, out ImmutableArray<string> paths)
                ? new AnnotationFile(role, File.OpenRead(Path.Combine(Of(benchmark), paths[0])))
                : null,
            TestContext.Current.CancellationToken);
    }

    public static byte[] ReadImage(string benchmark, ImageReference image) => File.ReadAllBytes(
        Definition(Of(benchmark)).ImageFolders.Select(folder => Path.Combine(Of(benchmark), folder, image.Path)).Single(File.Exists));

    private static string FindRepository()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "TinyGptV.Cluster.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests run outside the repository.");
    }
}
