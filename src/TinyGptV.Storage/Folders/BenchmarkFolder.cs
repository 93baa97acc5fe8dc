using System.Collections.Immutable;
using System.Security.Cryptography;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Benchmarks.Formats;
using TinyGptV.Evaluation.Definitions;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Storage.Folders;

/// <summary>
/// Reads benchmarks from a folder with one sub-folder each: annotations and images in their official layout. The definition is the sub-folder's
/// own <c>benchmark.json</c> if it has one, else the shipped definition of the same name, else derived from its <c>questions.csv</c>. A shipped
/// benchmark can also be read from other benchmarks' folders, if its definition names them (<see cref="BenchmarkPlaces"/>).
/// </summary>
/// <param name="root">The folder of all benchmarks.</param>
/// <param name="shippedRoot">The folder of the shipped benchmarks, next to the program.</param>
/// <param name="place">The location of all benchmarks in messages, if the files were downloaded. Default: the folder's path.</param>
/// <param name="imageRoots">Other folders that symbolic links may lead into. Default: none.</param>
public sealed class BenchmarkFolder(string root, string shippedRoot, string? place = null, ImmutableArray<string> imageRoots = default) : IBenchmarkSource
{
    private readonly NamedRoots _roots = new(root, imageRoots.IsDefault ? [] : imageRoots);

    internal const string DefinitionFile = "benchmark.json";

    public ValueTask<ImmutableArray<BenchmarkName>> ListAsync(CancellationToken cancellationToken) =>
        Directory.Exists(root)
            ? ValueTask.FromResult(Directory.EnumerateDirectories(root)
                .Select(folder => new BenchmarkName(Path.GetFileName(folder)))
                .Where(name => FindDefinition(name) is not null || File.Exists(QuestionsOf(name)))
                .Order()
                .ToImmutableArray())
            : throw new PrerequisiteException(
                $"There is no folder '{root}'. Expected a folder with one sub-folder per benchmark, for example gqa or vsr; set it with --data.");

    public async ValueTask<Benchmark> ReadAsync(BenchmarkName name, CancellationToken cancellationToken)
    {
        BenchmarkDefinition definition = await ReadDefinitionAsync(name, cancellationToken);
        using var files = new AnnotationFiles(root, definition, _roots);
        try
        {
            ImmutableArray<Sample> samples = await AnnotationReader.ReadAsync(definition, files.Open, cancellationToken);
            return new Benchmark { Definition = definition, Samples = samples, Digests = files.Digests() };
        }
        catch (PrerequisiteException exception)
        {
            throw new PrerequisiteException(
                $"Benchmark '{name}' in '{place ?? root}' cannot be read. {exception.Message}{PackedAdvice(definition)}", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PrerequisiteException(
                $"Benchmark '{name}' in '{place ?? root}' cannot be read: {exception.Message} Check the file and its permissions.", exception);
        }
    }

    public async ValueTask<ImmutableArray<ImageReference>> FindMissingImagesAsync(Benchmark benchmark, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(benchmark);
        var search = new ImageSearch(root, benchmark.Definition, _roots);
        return await Task.Run(
            () => benchmark.Samples.Select(sample => sample.Image).Distinct().Where(image => !search.Finds(image)).ToImmutableArray(), cancellationToken);
    }

    public ValueTask<ImmutableArray<string>> FindPackedAsync(BenchmarkDefinition definition, CancellationToken cancellationToken) =>
        ValueTask.FromResult(PackedArchives.Of(root, definition));

    /// <summary>Reads only the definition of a benchmark.</summary>
    /// <param name="name">The benchmark.</param>
    /// <param name="cancellationToken">Ends the reading early.</param>
    /// <returns>The definition.</returns>
    /// <exception cref="PrerequisiteException">The definition is missing or malformed.</exception>
    public async ValueTask<BenchmarkDefinition> ReadDefinitionAsync(BenchmarkName name, CancellationToken cancellationToken)
    {
        string? path = FindDefinition(name) ?? FindShared(name);
        if (path is null)
            return File.Exists(QuestionsOf(name))
                ? await DefineAsync(name, cancellationToken)
                : throw Unknown(name, place ?? root, await ListAsync(cancellationToken), PackedArchives.Of(root, name));
        BenchmarkDefinition definition;
        try
        {
            definition = BenchmarkDefinitionReader.Read(await File.ReadAllBytesAsync(path, cancellationToken), path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PrerequisiteException($"Cannot read the definition '{path}': {exception.Message} Check its permissions.", exception);
        }
        return definition.Name == name ? definition : throw new PrerequisiteException(
            $"{path}: 'name' must be the folder's name, '{name}'; found '{definition.Name}'. Correct the file.");
    }

    /// <summary>Names archives if a file is missing that they may hold; empty if all files are there.</summary>
    private string PackedAdvice(BenchmarkDefinition definition) => definition.Files.Values.All(paths => paths.Any(path => IsPresent(definition.Name, path)))
        ? ""
        : PackedArchives.Advice(PackedArchives.Of(root, definition));

    private bool IsPresent(BenchmarkName name, string path) => BenchmarkPlaces.Of(root, name, path).Any(File.Exists);

    private string? FindDefinition(BenchmarkName name) =>
        ConfinedPath.IsPlain(name.Value) && Directory.Exists(Path.Combine(root, name.Value))
            ? new[] { root, shippedRoot }.Select(folder => Path.Combine(folder, name.Value, DefinitionFile)).FirstOrDefault(File.Exists)
            : null;

    /// <summary>The shipped definition of a benchmark without its own folder, if one of its annotation files is in another benchmark's folder.</summary>
    private string? FindShared(BenchmarkName name)
    {
        if (!ConfinedPath.IsPlain(name.Value) || Directory.Exists(Path.Combine(root, name.Value)))
            return null;
        string path = Path.Combine(shippedRoot, name.Value, DefinitionFile);
        if (!File.Exists(path))
            return null;
        BenchmarkDefinition definition = BenchmarkDefinitionReader.Read(File.ReadAllBytes(path), path);
        bool isPresent = definition.Files[AnnotationReader.Annotations].Any(file => BenchmarkPlaces.Of(root, name, file).Any(File.Exists));
        return isPresent ? path : null;
    }

    private string QuestionsOf(BenchmarkName name) => ConfinedPath.IsPlain(name.Value) ? Path.Combine(root, name.Value, CsvBenchmark.FileName) : "";

    private async ValueTask<BenchmarkDefinition> DefineAsync(BenchmarkName name, CancellationToken cancellationToken)
    {
        string path = QuestionsOf(name);
        if (_roots.FindLinkOut(name.Value, path) is { } link)
            throw new PrerequisiteException(link.Explain(CsvBenchmark.FileName));
        try
        {
            return await CsvBenchmark.DefineAsync(name, new AnnotationFile($"{name}/{CsvBenchmark.FileName}", File.OpenRead(path)), cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PrerequisiteException($"Cannot read the questions '{path}': {exception.Message} Check the file's permissions.", exception);
        }
    }

    internal static PrerequisiteException Unknown(
        BenchmarkName name, string place, ImmutableArray<BenchmarkName> known, ImmutableArray<string> packed) => new(
        $"There is no benchmark '{name}' in '{place}': {(known.IsEmpty ? "found none" : "found " + string.Join(", ", known))}. "
        + $"Choose another, or put its files into the sub-folder '{name}', with a {DefinitionFile} if it is not a shipped benchmark."
        + PackedArchives.Advice(packed));

    /// <summary>Opens the annotation files of one benchmark and hashes their content while it is read.</summary>
    private sealed class AnnotationFiles(string root, BenchmarkDefinition definition, NamedRoots roots) : IDisposable
    {
        private readonly Dictionary<string, SHA256> _hashes = new(StringComparer.Ordinal);

        public AnnotationFile? Open(string role)
        {
            if (!definition.Files.TryGetValue(role, out ImmutableArray<string> alternatives))
                return null;
            var (name, path) = alternatives
                .SelectMany(alternative => BenchmarkPlaces.Of(root, definition.Name, alternative), (alternative, path) => (Name: alternative, Path: path))
                .FirstOrDefault(place => File.Exists(place.Path));
            if (path is null)
                return null;
            if (roots.FindLinkOut(definition.Name.Value, path) is { } link)
                throw new PrerequisiteException(link.Explain(name));
            SHA256 hash = SHA256.Create();
            _hashes.Add(name, hash);
            return new AnnotationFile(name, new CryptoStream(File.OpenRead(path), hash, CryptoStreamMode.Read));
        }

        public ImmutableSortedDictionary<string, string> Digests() =>
            _hashes.ToImmutableSortedDictionary(entry => entry.Key, entry => Convert.ToHexStringLower(entry.Value.Hash!), StringComparer.Ordinal);

        public void Dispose()
        {
            foreach (SHA256 hash in _hashes.Values)
                hash.Dispose();
        }
    }
}
