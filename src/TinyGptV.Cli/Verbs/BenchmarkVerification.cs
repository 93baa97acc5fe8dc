using System.Collections.Immutable;
using System.Globalization;
using TinyGptV.Cli.Display;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Storage;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Cli.Verbs;

/// <summary>The options of <c>tinygptv data verify</c>.</summary>
internal sealed record BenchmarkVerificationOptions
{
    public required BenchmarkName Benchmark { get; init; }

    /// <summary>The location of all benchmarks, or the benchmark's own sub-folder.</summary>
    public required StorageLocation Location { get; init; }

    /// <summary>Access to object storage.</summary>
    public required StorageOptions Storage { get; init; }

    /// <summary>The output format.</summary>
    public required OutputFormat Format { get; init; }
}

/// <summary>Checks that a benchmark's files are complete and readable.</summary>
/// <param name="environment">Where text goes.</param>
internal sealed class BenchmarkVerification(ProgramEnvironment environment)
{
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(2), RedrawEvery = TimeSpan.FromMilliseconds(100);

    private readonly Lock _telling = new();
    private long _told = environment.Time.GetTimestamp();

    /// <returns>The exit code: 2 if files are missing or damaged or a count is wrong.</returns>
    public async Task<int> WriteAsync(BenchmarkVerificationOptions options, CancellationToken cancellationToken)
    {
        StorageLocation root = options.Location.Folder is { } folder ? StorageLocation.Parse(RootOf(options.Benchmark, folder)) : options.Location;
        var storage = new StorageAccess(options.Storage);
        var inspection = new BenchmarkInspection(storage.OpenBenchmarks(root, environment.ShippedBenchmarks), storage.OpenImages(root));
        BenchmarkVerdict verdict = await inspection.InspectAsync(options.Benchmark, Tell, cancellationToken);
        if (environment.ErrorIsTerminal)
            await environment.Error.WriteLineAsync();
        if (options.Format == OutputFormat.Json)
            await JsonDisplay.WriteAsync(verdict, environment.Output);
        else
            await WriteTextAsync(verdict, options.Location);
        return verdict.IsComplete ? ExitCode.Success : ExitCode.UserMustAct;
    }

    private static string RootOf(BenchmarkName benchmark, string given)
    {
        string folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(given));
        if (!Directory.Exists(folder))
            throw new PrerequisiteException(
                $"There is no folder '{given}'. Pass the folder of benchmarks, as for --data, or the benchmark's own sub-folder.");
        bool isOwn = Path.GetFileName(folder) == benchmark.Value && !Directory.Exists(Path.Combine(folder, benchmark.Value));
        return isOwn ? Path.GetDirectoryName(folder)! : folder;
    }

    private void Tell(int done, int all)
    {
        lock (_telling)
        {
            TimeSpan pause = environment.ErrorIsTerminal ? RedrawEvery : TellEvery;
            if (done < all && environment.Time.GetElapsedTime(_told) < pause)
                return;
            _told = environment.Time.GetTimestamp();
            string line = string.Create(CultureInfo.InvariantCulture, $"{done:N0} of {all:N0} images read");
            if (environment.ErrorIsTerminal)
                environment.Error.Write($"\r{line}");
            else
                environment.Error.WriteLine(line);
        }
    }

    private async Task WriteTextAsync(BenchmarkVerdict verdict, StorageLocation location)
    {
        var table = new TextTable("", ">expected", ">found");
        table.Add("samples", Number(verdict.Expected?.Samples), Number(verdict.Samples));
        table.Add("distinct images", Number(verdict.Expected?.Images), Number(verdict.Images));
        table.Add("missing images", Number(0), Number(verdict.Missing.Length));
        table.Add("undecodable images", Number(0), Number(verdict.Undecodable.Length));
        await environment.Output.WriteLineAsync($"{verdict.Benchmark}, split {verdict.Split}: {(verdict.IsComplete ? "complete" : "not as expected")}");
        await environment.Output.WriteLineAsync();
        await table.WriteToAsync(environment.Output);
        await environment.Output.WriteLineAsync();
        foreach ((string file, string digest) in verdict.Digests)
            await environment.Output.WriteLineAsync($"{digest}  {file}");
        if (verdict.ImagesDigest is { } images)
            await environment.Output.WriteLineAsync($"{images}  all images");
        await ListAsync("Missing images", verdict.Missing.Select(image => image.Path));
        await ListAsync("Still packed, unpack them", verdict.Packed ?? []);
        await ListAsync("Undecodable images", verdict.Undecodable.Select(defect => $"{defect.Image}: {defect.Problem}"));
        if (!verdict.IsComplete)
            await environment.Error.WriteLineAsync(environment.Ships(verdict.Benchmark.Value)
                ? $"'tinygptv data list {verdict.Benchmark}' shows where to get the files and how to lay them out."
                : $"'tinygptv data list {verdict.Benchmark} --data {location}' shows which files are read, and from where.");
    }

    private async Task ListAsync(string title, IEnumerable<string> lines)
    {
        ImmutableArray<string> all = [.. lines];
        if (all.IsEmpty)
            return;
        await environment.Output.WriteLineAsync();
        await environment.Output.WriteLineAsync($"{title}:");
        foreach (string line in all)
            await environment.Output.WriteLineAsync($"  {line}");
    }

    private static string Number(int? number) => number?.ToString("N0", CultureInfo.InvariantCulture) ?? "unknown";
}
