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

        Assert.Contains("set it with --data", exception.Message, StringComparison.Ordinal);
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
        Assert.Contains("found vsr.", exception.Message, StringComparison.Ordinal);
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
    [InlineData("\"name\": \"vsr\"", "\"name\": \"gqa\"", "'name' must be the folder's name, 'vsr'; found 'gqa'")]
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

        Assert.Contains(
            $"'test.jsonl' is behind the symbolic link '{_folder["data", "vsr", "test.jsonl"]}', which leads to '{secret}'", exception.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_shipped_benchmark_without_a_folder_is_read_from_the_one_it_shares()
    {
        _folder.Write(
            "shipped/vsr/benchmark.json", SmallBenchmark.Definition("vsr").Replace("\"other.jsonl\"", "\"shared/other.jsonl\"", StringComparison.Ordinal));
        _folder.Write("data/shared/other.jsonl", SmallBenchmark.Annotations(2));

        Benchmark benchmark = await Source.ReadAsync(Vsr, Token);

        Assert.Equal(["shared/other.jsonl"], benchmark.Digests.Keys);
        Assert.Empty(await Source.ListAsync(Token));
    }

    [Fact]
    public async Task ReadAsync_own_file_comes_before_a_shared_one()
    {
        _folder.Write("data/vsr/benchmark.json", SmallBenchmark.Definition("vsr").Replace("\"test.jsonl\"", "\"shared/test.jsonl\"", StringComparison.Ordinal));
        _folder.Write("data/vsr/shared/test.jsonl", SmallBenchmark.Annotations(1));
        _folder.Write("data/shared/test.jsonl", SmallBenchmark.Annotations(2));

        Assert.Single((await Source.ReadAsync(Vsr, Token)).Samples);
    }

    [Fact]
    public async Task ReadAsync_shared_file_behind_a_link_that_leads_out_is_refused()
    {
        string secret = _folder.Write("secret.jsonl", SmallBenchmark.Annotations(1));
        _folder.Write("data/vsr/benchmark.json", SmallBenchmark.Definition("vsr").Replace("\"test.jsonl\"", "\"shared/test.jsonl\"", StringComparison.Ordinal));
        Directory.CreateDirectory(_folder["data", "shared"]);
        File.CreateSymbolicLink(_folder["data", "shared", "test.jsonl"], secret);

        var exception = await Assert.ThrowsAsync<PrerequisiteException>(async () => await Source.ReadAsync(Vsr, Token));

        Assert.Contains($"which leads to '{secret}'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_folder_with_questions_alone_is_a_benchmark()
    {
        _folder.Write("data/mine/questions.csv", "image,question,answer\na.jpg,What?,green\n");

        Benchmark benchmark = await Source.ReadAsync(new("mine"), Token);

        Assert.Equal(["mine"], (await Source.ListAsync(Token)).Select(name => name.Value));
        Assert.Equal(("all:1", "green"), (benchmark.Samples[0].Id.Value, benchmark.Samples[0].Target));
        Assert.Equal(["questions.csv"], benchmark.Digests.Keys);
    }

    [Fact]
    public async Task ReadAsync_questions_without_a_needed_column_are_refused()
    {
        _folder.Write("data/mine/questions.csv", "image,text,answer\na.jpg,What?,green\n");

        var exception = await Assert.ThrowsAsync<PrerequisiteException>(async () => await Source.ReadAsync(new("mine"), Token));

        Assert.Contains("mine/questions.csv: expected a column 'question', found image, text, answer", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindMissingImagesAsync_finds_what_is_under_no_name_in_no_folder()
    {
        _folder.Write("data/vsr/benchmark.json", SmallBenchmark.Definition("vsr")
            .Replace("[\"images\"]", "[\"images\", \"shared/coco\"], \"imageNames\": [\"{image}\", \"COCO_{image}\"]", StringComparison.Ordinal));
        _folder.Write("data/vsr/test.jsonl", SmallBenchmark.Annotations(10).Replace(SmallBenchmark.ImageOf(8), "../0000.jpg", StringComparison.Ordinal));
        _folder.Write($"data/vsr/images/{SmallBenchmark.ImageOf(0)}", "x");
        _folder.Write($"data/shared/coco/COCO_{SmallBenchmark.ImageOf(2)}", "x");
        _folder.Write($"data/vsr/images/{SmallBenchmark.ImageOf(4)}", "x");

        var missing = await Source.FindMissingImagesAsync(await Source.ReadAsync(Vsr, Token), Token);

        Assert.Equal([SmallBenchmark.ImageOf(6), "../0000.jpg"], missing.Select(image => image.Path));
    }
}
