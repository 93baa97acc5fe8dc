using System.Collections.Immutable;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Storage.Folders;

namespace TinyGptV.Storage.Tests.Folders;

public sealed class ImageFolderTests : IDisposable
{
    private static readonly BenchmarkName Gqa = new("gqa");
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ReadAsync_image_in_second_folder_is_found()
    {
        _folder.Write("gqa/more/900/a.png", [1, 2, 3]);

        EncodedImage image = await ReadAsync("900/a.png", "images", "more");

        Assert.Equal([1, 2, 3], image.Bytes.ToArray());
    }

    [Fact]
    public async Task ReadAsync_image_in_both_folders_first_folder_wins()
    {
        _folder.Write("gqa/images/a.png", [1]);
        _folder.Write("gqa/more/a.png", [2]);

        Assert.Equal([1], (await ReadAsync("a.png", "images", "more")).Bytes.ToArray());
    }

    [Fact]
    public async Task ReadAsync_benchmark_folder_itself_can_be_a_link()
    {
        string elsewhere = _folder.Write("volume/gqa/images/a.png", [4]);
        Directory.CreateDirectory(_folder["data"]);
        Directory.CreateSymbolicLink(_folder["data", "gqa"], _folder["volume", "gqa"]);

        EncodedImage image = await new ImageFolder(_folder["data"]).ReadAsync(Gqa, ["images"], new("a.png"), TestContext.Current.CancellationToken);

        Assert.Equal(await File.ReadAllBytesAsync(elsewhere, TestContext.Current.CancellationToken), image.Bytes.ToArray());
    }

    [Fact]
    public async Task ReadAsync_link_that_stays_inside_is_followed()
    {
        _folder.Write("gqa/originals/a.png", [5]);
        Directory.CreateDirectory(_folder["gqa", "images"]);
        File.CreateSymbolicLink(_folder["gqa", "images", "b.png"], Path.Combine("..", "originals", "a.png"));

        Assert.Equal([5], (await ReadAsync("b.png", "images")).Bytes.ToArray());
    }

    [Fact]
    public async Task ReadAsync_image_of_a_shared_folder_beside_the_benchmark_is_found()
    {
        _folder.Write("coco/val2014/a.png", [7]);

        Assert.Equal([7], (await ReadAsync("a.png", "images", "coco/val2014")).Bytes.ToArray());
    }

    [Fact]
    public async Task ReadAsync_link_of_a_shared_folder_that_leads_out_is_refused()
    {
        string outside = _folder.Write("outside/a.png", [0]);
        Directory.CreateDirectory(_folder["data", "coco", "val2014"]);
        File.CreateSymbolicLink(_folder["data", "coco", "val2014", "a.png"], outside);

        await Assert.ThrowsAsync<IOException>(async () =>
            await new ImageFolder(_folder["data"]).ReadAsync(Gqa, ["coco/val2014"], new("a.png"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ReadAsync_missing_image_names_benchmark_folders_and_image_but_no_absolute_path()
    {
        IOException exception = await Assert.ThrowsAsync<FileNotFoundException>(async () => await ReadAsync("a.png", "images", "more"));

        Assert.Equal("The image 'a.png' of benchmark 'gqa' is in none of its folders: images, more. Complete the benchmark's images.", exception.Message);
    }

    [Theory]
    [InlineData("../secret.png")]
    [InlineData("sub/../../secret.png")]
    [InlineData("..\\secret.png")]
    [InlineData("/etc/hostname")]
    [InlineData("\\etc\\hostname")]
    [InlineData("C:secret.png")]
    [InlineData("")]
    [InlineData("a\0.png")]
    public async Task ReadAsync_name_that_leads_out_is_refused(string name)
    {
        _folder.Write("gqa/images/here.png", [0]);
        _folder.Write("gqa/secret.png", [0]);

        IOException exception = await Assert.ThrowsAsync<IOException>(async () => await ReadAsync(name, "images"));

        Assert.Contains("leads out of the folder of benchmark 'gqa'", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(_folder.Path, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gqa", "../other")]
    [InlineData("../gqa", "images")]
    public async Task ReadAsync_definition_that_leads_out_is_refused(string benchmark, string folder)
    {
        _folder.Write("other/a.png", [0]);

        IOException exception = await Assert.ThrowsAsync<IOException>(async () =>
            await new ImageFolder(_folder.Path).ReadAsync(new(benchmark), [folder], new("a.png"), TestContext.Current.CancellationToken));

        Assert.Contains("leads out of the folder of benchmark", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_link_that_leads_out_is_refused_and_named()
    {
        string elsewhere = _folder.Write("elsewhere/a.png", [0]);
        Directory.CreateDirectory(_folder["data", "gqa", "images"]);
        File.CreateSymbolicLink(_folder["data", "gqa", "images", "a.png"], elsewhere);

        IOException exception = await Assert.ThrowsAsync<IOException>(async () => await ReadLinkedAsync("a.png"));

        Assert.Contains($"'{_folder["data", "gqa", "images", "a.png"]}', which leads to '{elsewhere}'", exception.Message, StringComparison.Ordinal);
        Assert.Contains($"--image-root {_folder["elsewhere"]}", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_link_into_a_named_root_is_followed_and_its_neighbour_is_not()
    {
        _folder.Write("coco/a.png", [8]);
        _folder.Write("coco-private/b.png", [9]);
        Directory.CreateDirectory(_folder["data", "gqa", "images"]);
        Directory.CreateSymbolicLink(_folder["data", "gqa", "images", "coco"], _folder["coco"]);
        File.CreateSymbolicLink(_folder["data", "gqa", "images", "b.png"], _folder["coco-private", "b.png"]);

        Assert.Equal([8], (await ReadLinkedAsync("coco/a.png", _folder["coco"])).Bytes.ToArray());
        await Assert.ThrowsAsync<IOException>(async () => await ReadLinkedAsync("b.png", _folder["coco"]));
        await Assert.ThrowsAsync<IOException>(async () => await ReadLinkedAsync("coco/a.png"));
    }

    [Fact]
    public async Task ReadAsync_link_to_another_benchmark_of_the_same_root_is_followed()
    {
        _folder.Write("data/vqav2/images/a.png", [6]);
        Directory.CreateDirectory(_folder["data", "gqa"]);
        Directory.CreateSymbolicLink(_folder["data", "gqa", "images"], Path.Combine("..", "vqav2", "images"));

        Assert.Equal([6], (await ReadLinkedAsync("a.png")).Bytes.ToArray());
    }

    [Fact]
    public async Task FindMissingImagesAsync_follows_and_refuses_the_same_links_as_reading()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        SmallBenchmark.WriteTo(_folder, "small", 4);
        Directory.Move(_folder["data", "small", "images"], _folder["pictures"]);
        Directory.CreateSymbolicLink(_folder["data", "small", "images"], _folder["pictures"]);
        var strict = new BenchmarkFolder(_folder["data"], _folder["shipped"]);
        var named = new BenchmarkFolder(_folder["data"], _folder["shipped"], imageRoots: [_folder["pictures"]]);
        Benchmark small = await strict.ReadAsync(new("small"), token);

        var refused = await Assert.ThrowsAsync<PrerequisiteException>(async () => await strict.FindMissingImagesAsync(small, token));

        Assert.Contains($"the symbolic link '{_folder["data", "small", "images"]}'", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"--image-root {_folder["pictures"]}", refused.Message, StringComparison.Ordinal);
        Assert.Empty(await named.FindMissingImagesAsync(small, token));
        IImageSource images = new ImageFolder(_folder["data"], [_folder["pictures"]]);
        Assert.NotEqual(0, (await images.ReadAsync(small.Definition, small.Samples[0].Image, token)).Bytes.Length);
    }

    private ValueTask<EncodedImage> ReadLinkedAsync(string image, params ImmutableArray<string> roots) =>
        new ImageFolder(_folder["data"], roots).ReadAsync(Gqa, ["images"], new(image), TestContext.Current.CancellationToken);

    private ValueTask<EncodedImage> ReadAsync(string image, params ReadOnlySpan<string> folders) =>
        new ImageFolder(_folder.Path).ReadAsync(Gqa, [.. folders], new(image), TestContext.Current.CancellationToken);
}
