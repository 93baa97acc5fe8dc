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
    public async Task ReadAsync_file_link_that_leads_out_is_refused()
    {
        string secret = _folder.Write("secret.png", [0]);
        Directory.CreateDirectory(_folder["gqa", "images"]);
        File.CreateSymbolicLink(_folder["gqa", "images", "a.png"], secret);

        IOException exception = await Assert.ThrowsAsync<IOException>(async () => await ReadAsync("a.png", "images"));

        Assert.Contains("through a symbolic link", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_folder_link_that_leads_out_is_refused()
    {
        _folder.Write("other/a.png", [0]);
        Directory.CreateDirectory(_folder["gqa", "images"]);
        Directory.CreateSymbolicLink(_folder["gqa", "images", "sub"], Path.Combine("..", "..", "other"));

        await Assert.ThrowsAsync<IOException>(async () => await ReadAsync("sub/a.png", "images"));
    }

    [Fact]
    public async Task ReadAsync_neighbour_whose_name_begins_alike_is_outside()
    {
        string neighbour = _folder.Write("gqa-private/a.png", [0]);
        Directory.CreateDirectory(_folder["gqa", "images"]);
        File.CreateSymbolicLink(_folder["gqa", "images", "a.png"], neighbour);

        await Assert.ThrowsAsync<IOException>(async () => await ReadAsync("a.png", "images"));
    }

    private ValueTask<EncodedImage> ReadAsync(string image, params ReadOnlySpan<string> folders) =>
        new ImageFolder(_folder.Path).ReadAsync(Gqa, [.. folders], new(image), TestContext.Current.CancellationToken);
}
