using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using TinyGptV.Backends.Chats;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Benchmarks.Formats;
using TinyGptV.Evaluation.Models;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Scoring;
using TinyGptV.Evaluation.Sharding;
using TinyGptV.Evaluation.Submissions;
using TinyGptV.Storage;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Cli.Verbs;

/// <summary>The options of <c>tinygptv import</c>.</summary>
internal sealed record AnswerImportOptions(
    string File, IAnswerFormat Format, BenchmarkName Benchmark, string System, RunId? Run, StorageLocation Data, StorageLocation Runs);

/// <summary>Creates a stored run from another system's answers.</summary>
/// <param name="environment">Where text goes.</param>
internal sealed class AnswerImport(ProgramEnvironment environment)
{
    private const int ShardSize = 1000;
    private const int MostListed = 5;

    /// <returns>The exit code: 1 if a sample has no answer, an id is unknown or an id occurs twice.</returns>
    /// <exception cref="PrerequisiteException">File or benchmark cannot be read or do not match, or the run exists with other answers.</exception>
    public async Task<int> RunAsync(AnswerImportOptions options, CancellationToken cancellationToken)
    {
        var storage = new StorageAccess(environment.Storage);
        Benchmark benchmark = await storage.OpenBenchmarks(options.Data, environment.ShippedBenchmarks).ReadAsync(options.Benchmark, cancellationToken);
        // The other system's prompts are unknown; the manifest records TinyGPT-V's.
        benchmark = benchmark with { Definition = TinyGptVChat.Format.Join(benchmark.Definition) };
        if (!options.Format.Fits(benchmark.Definition))
            throw new PrerequisiteException(
                $"The format '{options.Format.Name}' does not fit the benchmark '{options.Benchmark}'. {options.Format.Description}");
        byte[] content = await ReadAsync(options.File, cancellationToken);
        string name = Path.GetFileName(options.File);
        ImmutableArray<SubmittedAnswer> answers =
            await options.Format.ReadAsync(new AnnotationFile(name, new MemoryStream(content, writable: false)), benchmark.Definition, cancellationToken);
        ImportedAnswers imported = ImportedAnswers.Join(
            benchmark, AnswerPlaces.Resolve(benchmark, answers, name), name, options.Format.LastAnswerCounts);
        RunManifest manifest = Describe(options, benchmark, imported, Convert.ToHexStringLower(SHA256.HashData(content)));
        await StoreAsync(storage.OpenRuns(options.Runs), manifest, benchmark, imported, cancellationToken);
        return await TellAsync(manifest, imported, options.Format.LastAnswerCounts ? "last" : "first");
    }

    private static async Task<byte[]> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllBytesAsync(path, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PrerequisiteException($"Cannot read '{path}': {exception.Message} Pass the file with the answers.", exception);
        }
    }

    private static RunManifest Describe(AnswerImportOptions options, Benchmark benchmark, ImportedAnswers imported, string digest)
    {
        string file = Path.GetFileName(options.File);
        var manifest = new RunManifest
        {
            Run = options.Run ?? new RunId(""),
            ProgramVersion = ProgramVersion.Text,
            Model = new ModelIdentity
            {
                Name = options.System,
                Digest = digest,
                Files = ImmutableSortedDictionary<string, string>.Empty.Add(file, digest),
                Settings = ImmutableSortedDictionary<string, string>.Empty.Add("answers", $"imported from a file in the format {options.Format.Name}"),
            },
            Benchmarks =
            [
                RunPlanning.Describe(benchmark) with
                {
                    Imported = new AnswerOrigin(options.Format.Name, file, digest, imported.Missing.Length, imported.Unknown.Length, imported.Repeated.Length)
                    {
                        Counted = options.Format.LastAnswerCounts && !imported.Repeated.IsEmpty ? AnswerOrigin.Last : null,
                        Cut = imported.Cut.IsEmpty ? null : imported.Cut.Length,
                    },
                },
            ],
            ShardSize = ShardSize,
        };
        return options.Run is null ? manifest with { Run = RunNaming.NameFor(manifest) } : manifest;
    }

    private static async Task StoreAsync(
        IRunStore store, RunManifest manifest, Benchmark benchmark, ImportedAnswers imported, CancellationToken cancellationToken)
    {
        if (!await store.TryCreateAsync(manifest, cancellationToken)
            && await store.ReadManifestAsync(manifest.Run, cancellationToken) is { } stored
            && ManifestComparison.Compare(stored, manifest) is { IsEmpty: false } differences)
            throw new PrerequisiteException(ManifestComparison.Refusal(manifest.Run, differences));
        var predictions = imported.Predictions.ToDictionary(prediction => prediction.Sample.Id);
        foreach (Shard shard in ShardPlan.Create([benchmark], ShardSize))
        {
            byte[] lines = PredictionLines.Write(shard.Samples.Select(sample => predictions[sample.Id]));
            await store.TryWriteShardAsync(manifest.Run, shard.Index, lines, cancellationToken);
        }
    }

    private async Task<int> TellAsync(RunManifest manifest, ImportedAnswers imported, string counted)
    {
        int answered = imported.Predictions.Length - imported.Missing.Length;
        await environment.Output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"Run '{manifest.Run}': {answered} of {imported.Predictions.Length} samples answered. "
            + $"Score it by the benchmark's own rules with: tinygptv score {manifest.Run} --mode {ScoringModes.Official}"));
        await TellAsync("samples have no answer in the file and count as wrong", imported.Missing);
        await TellAsync("unknown ids in the file are ignored", imported.Unknown);
        await TellAsync($"samples have several answers; the {counted} one counts", imported.Repeated);
        await TellAsync("answers have ###; modes that score the model's own turn ignore what follows", imported.Cut);
        return imported.Missing.IsEmpty && imported.Unknown.IsEmpty && imported.Repeated.IsEmpty ? ExitCode.Success : ExitCode.SamplesFailed;
    }

    private async Task TellAsync(string what, ImmutableArray<string> ids)
    {
        if (!ids.IsEmpty)
            await environment.Error.WriteLineAsync($"{ids.Length} {what}: {string.Join(", ", ids.Take(MostListed))}{(ids.Length > MostListed ? ", ..." : "")}");
    }
}
