using System.Security.Cryptography;
using TinyGptV.Storage.Folders;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Storage.Tests.Folders;

public sealed class BenchmarkFolderTests : IDisposable
{
    private static readonly BenchmarkName Vsr = new("vsr");
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private BenchmarkFolder Source => new(_folder["data"], _folder["shipped"]);

    [Fact]
    public async Task ListAsync_lists_folders_with_a_definition_of_their_own_or_a_shipped_one()
    {
        _folder.Write("data/vsr/test.jsonl", "");
        _folder.Write("data/own/benchmark.json", "{}");
        _folder.Write("data/unrelated/readme.txt", "");
        _folder.Write("shipped/vsr/benchmark.json", "{}");
        _folder.Write("shipped/gqa/benchmark.json", "{}");

        Assert.Equal(["own", "vsr"], (await Source.ListAsync(Token)).Select(name => name.Value));
    }

    [Fact]
    public async Task ListAsync_no_folder_says_which_option_gives_it()
    {
        var exception = await Assert.ThrowsAsync<PrerequisiteException>(async () => await Source.ListAsync(Token));

        Assert.Contains("give it with --data", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_reads_samples_and_the_digest_of_what_was_read()
    {
        _folder.Write("shipped/vsr/benchmark.json", SmallBenchmark.Definition("vsr"));
        string annotations = _folder.Write("data/vsr/test.jsonl", SmallBenchmark.Annotations(3));

        Benchmark benchmark = await Source.ReadAsync(Vsr, Token);

        Assert.Equal(3, benchmark.Samples.Length);
        (string name, string digest) = Assert.Single(benchmark.Digests);
        Assert.Equal("test.jsonl", name);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(annotations, Token))), digest);
    }

    [Fact]
    public async Task ReadAsync_own_definition_comes_before_the_shipped_one()
    {
        _folder.Write("shipped/vsr/benchmark.json", SmallBenchmark.Definition("vsr", title: "shipped"));
        _folder.Write("data/vsr/benchmark.json", SmallBenchmark.Definition("vsr", title: "own"));
        _folder.Write("data/vsr/test.jsonl", SmallBenchmark.Annotations(1));

        Assert.Equal("own", (await Source.ReadAsync(Vsr, Token)).Definition.Title);
    }

    [Fact]
    public async Task ReadAsync_second_alternative_is_read_if_the_first_is_absent()
    {
        _folder.Write("data/vsr/benchmark.json", SmallBenchmark.Definition("vsr"));
        _folder.Write("data/vsr/other.jsonl", SmallBenchmark.Annotations(2));

        Assert.Equal(["other.jsonl"], (await Source.ReadAsync(Vsr, Token)).Digests.Keys);
    }

    [Theory]
    [InlineData("gqa")]
    [InlineData("../data/vsr")]
    public async Task ReadAsync_unknown_benchmark_lists_the_known_ones(string name)
    {
        _folder.Write("data/vsr/benchmark.json", SmallBenchmark.Definition("vsr"));

        var exception = await Assert.ThrowsAsync<PrerequisiteException>(async () => await Source.ReadAsync(new(name), Token));

        Assert.Contains($"There is no benchmark '{name}'", exception.Message, StringComparison.Ordinal);
        Assert.Contains("it holds vsr.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_no_annotations_names_the_expected_files()
    {
        _folder.Write("data/vsr/benchmark.json", SmallBenchmark.Definition("vsr"));

        var exception = await Assert.ThrowsAsync<PrerequisiteException>(async () => await Source.ReadAsync(Vsr, Token));

        Assert.Contains("Benchmark 'vsr'", exception.Message, StringComparison.Ordinal);
        Assert.Contains("'test.jsonl' or 'other.jsonl'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_malformed_annotations_name_file_and_line()
    {
        _folder.Write("data/vsr/benchmark.json", SmallBenchmark.Definition("vsr"));
        _folder.Write("data/vsr/test.jsonl", SmallBenchmark.Annotations(1) + "{ \"caption\": 3 }\n");

        var exception = await Assert.ThrowsAsync<PrerequisiteException>(async () => await Source.ReadAsync(Vsr, Token));

        Assert.Contains("test.jsonl, line 2", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"test.jsonl\"", "\"../secret.jsonl\"", "'../secret.jsonl' must lie below the benchmark's folder")]
    [InlineData("\"name\": \"vsr\"", "\"name\": \"gqa\"", "'name' must be that of the folder, 'vsr', found 'gqa'")]
    [InlineData("\"format\"", "format", "expected JSON")]
    public async Task ReadAsync_definition_that_cannot_be_followed_is_refused(string text, string replacement, string expected)
    {
        string definition = SmallBenchmark.Definition("vsr");
        Assert.Contains(text, definition, StringComparison.Ordinal);
        string path = _folder.Write("data/vsr/benchmark.json", definition.Replace(text, replacement, StringComparison.Ordinal));

        var exception = await Assert.ThrowsAsync<PrerequisiteException>(async () => await Source.ReadAsync(Vsr, Token));

        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.Contains(path, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_annotations_behind_a_link_that_leads_out_are_refused()
    {
        string secret = _folder.Write("secret.jsonl", SmallBenchmark.Annotations(1));
        _folder.Write("data/vsr/benchmark.json", SmallBenchmark.Definition("vsr"));
        File.CreateSymbolicLink(_folder["data", "vsr", "test.jsonl"], secret);

        var exception = await Assert.ThrowsAsync<PrerequisiteException>(async () => await Source.ReadAsync(Vsr, Token));

        Assert.Contains("leads out of the benchmark's folder", exception.Message, StringComparison.Ordinal);
    }
}
