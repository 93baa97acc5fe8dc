using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using TinyGptV.Cli.Display;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Benchmarks.Formats;
using TinyGptV.Storage;
using TinyGptV.Storage.Folders;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Cli.Verbs;

/// <summary>A known benchmark: its definition, and the README that says where to get its files and how to lay them out.</summary>
internal sealed record KnownBenchmark(BenchmarkDefinition Definition, string Readme);

/// <summary>Shows the known benchmarks, where to get them and the layout of their folders, all from the shipped definitions and READMEs.</summary>
/// <param name="environment">Where text goes.</param>
internal sealed partial class BenchmarkListing(ProgramEnvironment environment)
{
    private const string DefinitionFile = "benchmark.json", ReadmeFile = "README.md";

    /// <param name="name">One benchmark, or null for all.</param>
    /// <param name="data">Where the user's own benchmarks are; null for none.</param>
    /// <param name="format">The output format.</param>
    /// <param name="cancellationToken">Ends the reading early.</param>
    /// <exception cref="PrerequisiteException">There is no such benchmark.</exception>
    public async Task<int> WriteAsync(string? name, StorageLocation? data, OutputFormat format, CancellationToken cancellationToken)
    {
        ImmutableArray<KnownBenchmark> known = name is null
            ? [.. await Task.WhenAll(Names().Select(one => ReadAsync(one, cancellationToken)))]
            : [await FindAsync(name, data, cancellationToken)];
        if (format == OutputFormat.Json)
            await JsonDisplay.WriteAsync(known, environment.Output);
        else if (name is null)
            await WriteTableAsync(known);
        else
            await WriteOneAsync(known[0], environment.Ships(name) ? null : data);
        return ExitCode.Success;
    }

    private string[] Names() => [.. Directory.EnumerateDirectories(environment.ShippedBenchmarks)
        .Where(folder => File.Exists(Path.Combine(folder, DefinitionFile)))
        .Select(folder => Path.GetFileName(folder))
        .Order(StringComparer.Ordinal)];

    private async Task<KnownBenchmark> ReadAsync(string name, CancellationToken cancellationToken) => new(
        await new BenchmarkFolder(environment.ShippedBenchmarks, environment.ShippedBenchmarks).ReadDefinitionAsync(new BenchmarkName(name), cancellationToken),
        await ReadmeOfAsync(name, cancellationToken));

    private async Task<KnownBenchmark> FindAsync(string name, StorageLocation? data, CancellationToken cancellationToken)
    {
        if (environment.Ships(name))
            return await ReadAsync(name, cancellationToken);
        return data switch
        {
            null => throw Unknown(name),
            { Folder: { } folder } => new KnownBenchmark(
                await new BenchmarkFolder(folder, environment.ShippedBenchmarks).ReadDefinitionAsync(new BenchmarkName(name), cancellationToken), ""),
            _ => new KnownBenchmark(
                (await new StorageAccess(environment.Storage).OpenBenchmarks(data, environment.ShippedBenchmarks)
                    .ReadAsync(new BenchmarkName(name), cancellationToken)).Definition,
                ""),
        };
    }

    private Task<string> ReadmeOfAsync(string name, CancellationToken cancellationToken) =>
        File.ReadAllTextAsync(Path.Combine(environment.ShippedBenchmarks, name, ReadmeFile), cancellationToken);

    private PrerequisiteException Unknown(string name) =>
        new($"Unknown benchmark '{name}'. Choose one of {string.Join(", ", Names())}; for a benchmark of your own, name its place with --data.");

    private async Task WriteTableAsync(ImmutableArray<KnownBenchmark> known)
    {
        var table = new TextTable("name", "benchmark", "split", ">samples", ">images", "modes");
        foreach (BenchmarkDefinition definition in known.Select(one => one.Definition))
            table.Add(
                definition.Name.Value, definition.Title, definition.Split, Number(definition.Expected?.Samples), Number(definition.Expected?.Images),
                string.Join(", ", definition.Scorers.Keys));
        await table.WriteToAsync(environment.Output);
        await environment.Output.WriteLineAsync();
        await environment.Output.WriteLineAsync(
            "'tinygptv data list NAME' shows where to get a benchmark and how to lay out its folder; 'tinygptv data verify NAME DIR' checks your files.");
        await environment.Output.WriteLineAsync(
            $"For your own benchmark, a folder with images and a {CsvBenchmark.FileName} (image,question,answer and optionally choices) is enough.");
    }

    /// <summary>The README, the READMEs it refers to, then the files that the program reads.</summary>
    private async Task WriteOneAsync(KnownBenchmark benchmark, StorageLocation? own)
    {
        await environment.Output.WriteLineAsync(own is null
            ? benchmark.Readme.Trim()
            : $"{benchmark.Definition.Name} is your own benchmark in '{own}'. "
                + $"Without a benchmark.json, it is a {CsvBenchmark.FileName} with the columns image, "
                + "question, answer and optionally choices, and the images that it names.");
        IEnumerable<string> referred = OtherReadme().Matches(benchmark.Readme).Select(match => match.Groups["name"].Value);
        string[] others = [.. referred.Distinct().Where(Names().Contains)];
        foreach (string other in others)
            await environment.Output.WriteLineAsync($"\n---- {other}/{ReadmeFile} ----\n\n{(await ReadmeOfAsync(other, CancellationToken.None)).Trim()}");
        BenchmarkDefinition definition = benchmark.Definition;
        await environment.Output.WriteLineAsync($"\n---- Files read from the folder '{definition.Name}' (of several paths, the first that exists) ----\n");
        foreach ((string role, ImmutableArray<string> paths) in definition.Files)
            await environment.Output.WriteLineAsync($"{role}: {string.Join(", ", paths)}");
        string names = definition.ImageNames is { } patterns ? $" (named {string.Join(" or ", patterns)})" : "";
        await environment.Output.WriteLineAsync($"images: {string.Join(", ", definition.ImageFolders)}{names}");
        await environment.Output.WriteLineAsync("A path that contains a folder is also looked up next to this folder, so benchmarks can share files.");
    }

    private static string Number(int? number) => number?.ToString("N0", CultureInfo.InvariantCulture) ?? "unknown";

    [GeneratedRegex(@"\.\./(?<name>[a-z0-9-]+)(/README\.md)?`", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex OtherReadme();
}
