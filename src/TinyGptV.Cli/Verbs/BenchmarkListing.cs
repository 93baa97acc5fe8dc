using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using TinyGptV.Cli.Display;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Benchmarks.Formats;
using TinyGptV.Storage.Folders;

namespace TinyGptV.Cli.Verbs;

/// <summary>A known benchmark: its definition, and the README that says where its files come from and how they must lie.</summary>
internal sealed record KnownBenchmark(BenchmarkDefinition Definition, string Readme);

/// <summary>Teaches which benchmarks are known, where to get them and how their folders must look. Definitions and READMEs are shipped; nothing is said here that is not in them.</summary>
/// <param name="environment">Where text goes.</param>
internal sealed partial class BenchmarkListing(ProgramEnvironment environment)
{
    private const string DefinitionFile = "benchmark.json", ReadmeFile = "README.md";

    /// <param name="name">One benchmark, or null for all.</param>
    /// <param name="format">How it is written.</param>
    /// <param name="cancellationToken">Ends the reading early.</param>
    /// <exception cref="PrerequisiteException">There is no such benchmark.</exception>
    public async Task<int> WriteAsync(string? name, OutputFormat format, CancellationToken cancellationToken)
    {
        ImmutableArray<KnownBenchmark> known = name is null
            ? [.. await Task.WhenAll(Names().Select(one => ReadAsync(one, cancellationToken)))]
            : [await ReadAsync(Names().Contains(name) ? name : throw Unknown(name), cancellationToken)];
        if (format == OutputFormat.Json)
            await JsonDisplay.WriteAsync(known, environment.Output);
        else if (name is null)
            await WriteTableAsync(known);
        else
            await WriteOneAsync(known[0]);
        return ExitCode.Success;
    }

    private string[] Names() => [.. Directory.EnumerateDirectories(environment.ShippedBenchmarks)
        .Where(folder => File.Exists(Path.Combine(folder, DefinitionFile)))
        .Select(folder => Path.GetFileName(folder))
        .Order(StringComparer.Ordinal)];

    private async Task<KnownBenchmark> ReadAsync(string name, CancellationToken cancellationToken) => new(
        await new BenchmarkFolder(environment.ShippedBenchmarks, environment.ShippedBenchmarks).ReadDefinitionAsync(new BenchmarkName(name), cancellationToken),
        await ReadmeOfAsync(name, cancellationToken));

    private Task<string> ReadmeOfAsync(string name, CancellationToken cancellationToken) =>
        File.ReadAllTextAsync(Path.Combine(environment.ShippedBenchmarks, name, ReadmeFile), cancellationToken);

    private PrerequisiteException Unknown(string name) => new($"There is no known benchmark '{name}'; known are {string.Join(", ", Names())}. Choose one of these.");

    private async Task WriteTableAsync(ImmutableArray<KnownBenchmark> known)
    {
        var table = new TextTable("name", "benchmark", "split", ">samples", ">images", "modes");
        foreach (BenchmarkDefinition definition in known.Select(one => one.Definition))
            table.Add(
                definition.Name.Value, definition.Title, definition.Split, Number(definition.Expected?.Samples), Number(definition.Expected?.Images),
                string.Join(", ", definition.Scorers.Keys));
        await table.WriteToAsync(environment.Output);
        await environment.Output.WriteLineAsync();
        await environment.Output.WriteLineAsync("'tinygptv data list NAME' tells where to get one and how its folder must look; 'tinygptv data verify NAME DIR' checks yours.");
        await environment.Output.WriteLineAsync($"Your own: a folder with a {CsvBenchmark.FileName} of image,question,answer (and choices) needs nothing else.");
    }

    /// <summary>The README, and those that it refers to for what they have in common; then what the reader will look for.</summary>
    private async Task WriteOneAsync(KnownBenchmark benchmark)
    {
        await environment.Output.WriteLineAsync(benchmark.Readme.Trim());
        string[] others = [.. OtherReadme().Matches(benchmark.Readme).Select(match => match.Groups["name"].Value).Distinct().Where(Names().Contains)];
        foreach (string other in others)
            await environment.Output.WriteLineAsync($"\n---- {other}/{ReadmeFile} ----\n\n{(await ReadmeOfAsync(other, CancellationToken.None)).Trim()}");
        BenchmarkDefinition definition = benchmark.Definition;
        await environment.Output.WriteLineAsync($"\n---- What is read of the folder '{definition.Name}', of several paths the first that is there ----\n");
        foreach ((string role, ImmutableArray<string> paths) in definition.Files)
            await environment.Output.WriteLineAsync($"{role}: {string.Join(", ", paths)}");
        string names = definition.ImageNames is { } patterns ? $" (called {string.Join(" or ", patterns)})" : "";
        await environment.Output.WriteLineAsync($"images: {string.Join(", ", definition.ImageFolders)}{names}");
        await environment.Output.WriteLineAsync("A path with a folder in it is also looked up beside the benchmark's folder, so that benchmarks can share files.");
    }

    private static string Number(int? number) => number?.ToString("N0", CultureInfo.InvariantCulture) ?? "unknown";

    [GeneratedRegex(@"\.\./(?<name>[a-z0-9-]+)(/README\.md)?`", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex OtherReadme();
}
