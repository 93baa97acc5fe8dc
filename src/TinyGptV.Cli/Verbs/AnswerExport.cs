using System.Collections.Immutable;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Reports;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Submissions;
using TinyGptV.Storage;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Cli.Verbs;

/// <summary>The options of <c>tinygptv export</c>.</summary>
internal sealed record AnswerExportOptions(
    RunId Run, ISubmissionFormat Format, BenchmarkName? Benchmark, string Output, bool Uncut, string Mode, StorageLocation Runs);

/// <summary>Writes the answers of a stored run to a file in an external format.</summary>
/// <param name="environment">Where text goes.</param>
internal sealed class AnswerExport(ProgramEnvironment environment)
{
    /// <returns>The exit code. Samples without an answer are left out of the file and reported.</returns>
    /// <exception cref="PrerequisiteException">There is no such run, the format does not fit exactly one benchmark, or the file cannot be written.</exception>
    public async Task<int> WriteAsync(AnswerExportOptions options, CancellationToken cancellationToken)
    {
        IRunStore store = new StorageAccess(environment.Storage).OpenRuns(options.Runs);
        RunManifest manifest = await store.ReadManifestAsync(options.Run, cancellationToken)
            ?? throw new PrerequisiteException($"No run '{options.Run}' in '{options.Runs}'. 'tinygptv runs' lists what is there.");
        BenchmarkManifest benchmark = Choose(manifest, options);
        var predictions = ImmutableArray.CreateBuilder<Prediction>();
        await foreach (StoredShard shard in store.ReadShardsAsync(options.Run, cancellationToken))
            predictions.AddRange(shard.Predictions().Where(one => one.Benchmark == benchmark.Definition.Name));
        BenchmarkReport report = EvaluationReport.Create(manifest with { Benchmarks = [benchmark] }, predictions, options.Mode).Benchmarks[0];
        var submission = new Submission(benchmark.Definition, report.Samples, benchmark.Samples, options.Uncut);

        using var content = new MemoryStream();
        options.Format.Write(submission, content);
        await SaveAsync(options.Output, content.ToArray(), cancellationToken);
        await environment.Error.WriteLineAsync($"{submission.Answered.Count()} answers to {benchmark.Definition.Title} written to {options.Output}.");
        if (submission.Omitted == 0)
            return ExitCode.Success;
        await environment.Error.WriteLineAsync(
            $"{submission.Omitted} of {submission.Expected} samples have no answer and are left out; the official evaluation program may reject the file.");
        return ExitCode.SamplesFailed;
    }

    private static BenchmarkManifest Choose(RunManifest manifest, AnswerExportOptions options)
    {
        ImmutableArray<BenchmarkManifest> named = options.Benchmark is { } name
            ? [.. manifest.Benchmarks.Where(benchmark => benchmark.Definition.Name == name)]
            : manifest.Benchmarks;
        BenchmarkManifest[] fitting = [.. named.Where(benchmark => options.Format.Fits(benchmark.Definition))];
        string all = List(manifest.Benchmarks);
        return fitting switch
        {
            [var one] => one,
            [] when named.IsEmpty => throw new PrerequisiteException(
                $"The run '{manifest.Run}' has no benchmark '{options.Benchmark}'; it has {all}. Choose one of these."),
            [] => throw new PrerequisiteException(
                $"The format '{options.Format.Name}' fits none of {List(named)}. {options.Format.Description} The format lm-eval fits every benchmark."),
            _ => throw new PrerequisiteException($"The format '{options.Format.Name}' fits {List(fitting)}. Choose one with --benchmark."),
        };
    }

    private static string List(IEnumerable<BenchmarkManifest> benchmarks) => string.Join(", ", benchmarks.Select(benchmark => benchmark.Definition.Name));

    private static async Task SaveAsync(string path, byte[] content, CancellationToken cancellationToken)
    {
        try
        {
            await File.WriteAllBytesAsync(path, content, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PrerequisiteException($"Cannot write '{path}': {exception.Message} Choose another file with --output.", exception);
        }
    }
}
