using System.Text.RegularExpressions;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Evaluation.Inference;

/// <summary>
/// The messages of failed samples. They are stored in predictions, which do not depend on the machine, so they contain no absolute
/// path.
/// </summary>
internal static partial class SampleFailures
{
    public static SampleFailure ImageUnavailable(BenchmarkDefinition definition, Sample sample, IOException exception) =>
        new(SampleFailureKind.ImageUnavailable,
            $"The image {Names(definition, sample)} was expected in {Folders(definition)} and {Reason(exception)}. Put it there and start a new run.");

    public static SampleFailure ImageUndecodable(Sample sample, InvalidDataException exception) =>
        new(SampleFailureKind.ImageUndecodable,
            $"The image '{sample.Image}' cannot be decoded: {WithoutPaths(exception.Message)} Replace the file and start a new run.");

    public static SampleFailure RequestRefused(ArgumentException exception) =>
        new(SampleFailureKind.RequestRefused, $"The model refused the request: {WithoutPaths(exception.Message)}");

    public static SampleFailure ReplicasLost(int losses, string reason) =>
        new(SampleFailureKind.ReplicasLost,
            $"Replicas were lost {losses} times with this sample, the last times with it alone: {WithoutPaths(reason)}. A run of another name asks it again.");

    private static string Names(BenchmarkDefinition definition, Sample sample) =>
        string.Join(" or ", definition.NamesOf(sample.Image).Select(name => $"'{name}'"));

    private static string Folders(BenchmarkDefinition definition) => definition.ImageFolders.IsDefaultOrEmpty
        ? "the benchmark's folder"
        : string.Join(" or ", definition.ImageFolders.Select(folder => $"'{folder}'"));

    private static string Reason(IOException exception) =>
        exception is FileNotFoundException or DirectoryNotFoundException ? "is not there" : $"cannot be read ({exception.GetType().Name})";

    private static string WithoutPaths(string message) => AbsolutePath().Replace(message, "(path)");

    [GeneratedRegex("""(?<=^|[\s'"(])(/|[A-Za-z]:\\)[^\s'")]+""", RegexOptions.CultureInvariant)]
    private static partial Regex AbsolutePath();
}
