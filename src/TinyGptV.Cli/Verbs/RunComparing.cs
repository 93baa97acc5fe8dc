using System.Collections.Immutable;
using System.Text;
using TinyGptV.Cli.Display;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Comparisons;
using TinyGptV.Evaluation.Reports;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Storage;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Cli.Verbs;

/// <summary>The options of <c>tinygptv compare</c>.</summary>
internal sealed record RunComparingOptions(
    (RunId Run, string Mode) A,
    (RunId Run, string Mode) B,
    ImmutableArray<BenchmarkName> Benchmarks,
    StorageLocation Runs,
    string? Output,
    int Samples,
    OutputFormat Format);

/// <summary>Compares two stored runs, from their files alone.</summary>
/// <param name="environment">Where text goes.</param>
internal sealed class RunComparing(ProgramEnvironment environment)
{
    private const int LongestCell = 40;

    /// <summary>Prints the comparison, and writes its files if an output folder is set.</summary>
    public async Task<int> WriteAsync(RunComparingOptions options, CancellationToken cancellationToken)
    {
        IRunStore store = new StorageAccess(environment.Storage).OpenRuns(options.Runs);
        RunComparison comparison = await StoredRuns.CompareAsync(store, options.A, options.B, options.Benchmarks, cancellationToken);
        if (options.Format == OutputFormat.Json)
            await environment.Output.WriteAsync(ComparisonJson.Write(comparison));
        else
            await ShowAsync(comparison, options.Samples);
        if (options.Output is { } folder)
            await WriteFilesAsync(comparison, folder, cancellationToken);
        return comparison.IsPartial ? ExitCode.SamplesFailed : ExitCode.Success;
    }

    private async Task ShowAsync(RunComparison comparison, int samples)
    {
        ReportTable?[] tables =
        [
            ComparisonTables.Results(comparison),
            ComparisonTables.Differences(comparison, LongestCell),
            ComparisonTables.Changed(comparison, samples, LongestCell),
        ];
        await ReportDisplay.WriteAsync(tables.OfType<ReportTable>(), environment.Output);
        foreach (string sentence in ComparisonTables.Sentences(comparison).Concat(ComparisonTables.Remarks(comparison)))
            await environment.Output.WriteLineAsync(sentence);
    }

    private async Task WriteFilesAsync(RunComparison comparison, string folder, CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(folder);
            foreach ((string name, Action<RunComparison, TextWriter> write) in ComparisonFiles.All)
            {
                using var content = new StringWriter();
                write(comparison, content);
                string path = Path.Combine(folder, name);
                await File.WriteAllTextAsync(path, content.ToString(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), cancellationToken);
                await environment.Error.WriteLineAsync(path);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PrerequisiteException($"Cannot write to '{folder}': {exception.Message} Choose another folder with --output.", exception);
        }
    }
}
