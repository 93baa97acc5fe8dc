using TinyGptV.Cli.Verbs;

namespace TinyGptV.Cli.Tests.Commands;

public sealed class DataCommandTests(StartedOnce<SampleContainer> storage) : IDisposable
{
    private static readonly string Samples = Path.Combine(AppContext.BaseDirectory, "benchmarks-data", "sample");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("gqa")]
    [InlineData("gqa/")]
    public async Task Verify_complete_set_is_found_complete_from_either_folder(string folder)
    {
        var (exitCode, output, error) = await new InProcess(_folder).RunAsync("data", "verify", "gqa", Path.Combine(Samples, folder));

        Assert.Equal(ExitCode.Success, exitCode);
        Assert.Contains("gqa, split sample: complete", output, StringComparison.Ordinal);
        Assert.Matches("samples +120 +120\n", output);
        Assert.Matches("distinct images +24 +24\n", output);
        Assert.Matches("[0-9a-f]{64}  sample_questions.json\n[0-9a-f]{64}  all images\n", output);
        Assert.Contains("24 of 24 images read", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_lists_everything_that_is_missing_or_damaged()
    {
        var program = new InProcess(_folder);
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Samples, "gqa"), "*", SearchOption.AllDirectories))
            _folder.Write(Path.GetRelativePath(Samples, file), await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
        string image = _folder["gqa", "images", "n900002.jpg"];
        File.Delete(_folder["gqa", "images", "n900001.jpg"]);
        byte[] whole = await File.ReadAllBytesAsync(image, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(image, whole[..^200], TestContext.Current.CancellationToken);

        var text = await program.RunAsync("data", "verify", "gqa", "{folder}");
        var json = await program.RunAsync("data", "verify", "gqa", "{folder}", "--format", "json");

        Assert.Equal((ExitCode.UserMustAct, ExitCode.UserMustAct), (text.ExitCode, json.ExitCode));
        Assert.Contains("not as expected", text.Output, StringComparison.Ordinal);
        Assert.Contains("Missing images:\n  n900001.jpg\n", text.Output, StringComparison.Ordinal);
        Assert.Matches("Undecodable images:\n  n900002.jpg: The Jpeg image .* is incomplete or damaged", text.Output);
        Assert.Contains("tinygptv data list gqa", text.Error, StringComparison.Ordinal);
        using var verdict = System.Text.Json.JsonDocument.Parse(json.Output);
        Assert.False(verdict.RootElement.GetProperty("isComplete").GetBoolean());
        Assert.Equal("n900001.jpg", verdict.RootElement.GetProperty("missing")[0].GetString());
        Assert.Equal("n900002.jpg", verdict.RootElement.GetProperty("undecodable")[0].GetProperty("image").GetString());
        Assert.False(verdict.RootElement.TryGetProperty("imagesDigest", out _));
    }

    [Fact]
    public async Task Verify_reads_object_storage_like_a_folder()
    {
        SampleContainer container = await storage.GetAsync();
        var program = new InProcess(_folder);
        foreach ((string name, string value) in container.VariablesFor(_folder, "unused"))
            program.Variables[name] = value;

        var there = await program.RunAsync("data", "verify", "gqa", container.UriOf("benchmarks"));
        var here = await program.RunAsync("data", "verify", "gqa", Samples);
        var none = await program.RunAsync("data", "verify", "coco", container.UriOf("benchmarks"));

        Assert.Equal((ExitCode.Success, ExitCode.Success, ExitCode.UserMustAct), (there.ExitCode, here.ExitCode, none.ExitCode));
        Assert.Contains("gqa, split sample: complete", there.Output, StringComparison.Ordinal);
        Assert.Equal(here.Output, there.Output);
        Assert.Contains("found gqa, iconqa, vsr", none.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gqa", "{folder}/none", "There is no folder")]
    [InlineData("nothing", "{folder}", "There is no benchmark 'nothing'")]
    public async Task Verify_what_is_not_there_says_so(string benchmark, string folder, string message)
    {
        var (exitCode, output, error) = await new InProcess(_folder).RunAsync("data", "verify", benchmark, folder);

        Assert.Equal((ExitCode.UserMustAct, ""), (exitCode, output));
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_names_every_shipped_benchmark_with_its_size()
    {
        var (exitCode, output, _) = await new InProcess(_folder).RunAsync("data", "list");

        Assert.Equal(ExitCode.Success, exitCode);
        string[] folders = Directory.GetDirectories(Repository.PathOf("benchmarks-data"));
        foreach (string folder in folders.Where(folder => File.Exists(Path.Combine(folder, "benchmark.json"))))
            Assert.Matches($"(^|\n){System.Text.RegularExpressions.Regex.Escape(Path.GetFileName(folder))} ", output);
        Assert.Matches("\ngqa +GQA +testdev_balanced +12,578 +398 ", output);
    }

    [Theory]
    [InlineData("gqa", "images.zip", "annotations: testdev_balanced_questions.json")]
    [InlineData("refcoco-testa", "---- refcoco-val/README.md ----", "images: train2014, images, coco/train2014")]
    [InlineData("hm-dev-unseen", "---- hm/README.md ----", "hm/dev_unseen.jsonl")]
    public async Task List_of_one_shows_its_readme_those_it_refers_to_and_what_is_read(string name, string readme, string read)
    {
        var (exitCode, output, _) = await new InProcess(_folder).RunAsync("data", "list", name);

        Assert.Equal(ExitCode.Success, exitCode);
        Assert.StartsWith(File.ReadAllText(Repository.PathOf("benchmarks-data", name, "README.md")).Trim(), output, StringComparison.Ordinal);
        Assert.Contains(readme, output, StringComparison.Ordinal);
        Assert.Contains(read, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Advice_for_a_benchmark_of_ones_own_is_a_command_that_shows_its_files()
    {
        _folder.Write("data/mine/questions.csv", "image,question,answer\nred.png,What colour?,red\n");
        var program = new InProcess(_folder);

        var verify = await program.RunAsync("data", "verify", "mine", "{folder}/data");
        string advice = System.Text.RegularExpressions.Regex.Match(verify.Error, "'tinygptv (.*)'").Groups[1].Value;
        var list = await program.RunAsync(advice.Split(' '));
        var json = await program.RunAsync([.. advice.Split(' '), "--format", "json"]);

        Assert.Equal((ExitCode.UserMustAct, $"data list mine --data {_folder["data"]}"), (verify.ExitCode, advice));
        Assert.True(list.ExitCode == ExitCode.Success, list.Error);
        Assert.StartsWith("mine is your own benchmark", list.Output, StringComparison.Ordinal);
        Assert.Contains("annotations: questions.csv\n", list.Output, StringComparison.Ordinal);
        Assert.Contains("images: ", list.Output, StringComparison.Ordinal);
        Assert.Contains("\"mine\"", json.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Archives_that_were_not_unpacked_are_named()
    {
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Samples, "gqa"), "*.json"))
            _folder.Write(Path.GetRelativePath(Samples, file), await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
        foreach (string archive in new[] { "gqa/images.zip", "images.tar.gz", "gqa-questions.zip", "other.zip" })
            _folder.Write(archive, "packed");
        string annotations = Directory.EnumerateFiles(_folder["gqa"], "*.json").First(path => !path.EndsWith("benchmark.json", StringComparison.Ordinal));
        var program = new InProcess(_folder);
        const string Named = "Still packed: gqa-questions.zip, gqa/images.zip, images.tar.gz. Unpack them.";

        var verify = await program.RunAsync("data", "verify", "gqa", "{folder}");
        var json = await program.RunAsync("data", "verify", "gqa", "{folder}", "--format", "json");
        var eval = await program.RunAsync("eval", "--data", "{folder}", "--runs", "{folder}/runs", "--model", "{folder}", "--benchmarks", "gqa");
        File.Delete(annotations);
        var unread = await program.RunAsync("data", "verify", "gqa", "{folder}");
        Directory.Delete(_folder["gqa"], recursive: true);
        var unknown = await program.RunAsync("data", "verify", "gqa", "{folder}");

        Assert.Contains("Still packed, unpack them:\n  gqa-questions.zip\n  gqa/images.zip\n  images.tar.gz\n", verify.Output, StringComparison.Ordinal);
        using var verdict = System.Text.Json.JsonDocument.Parse(json.Output);
        Assert.Equal(3, verdict.RootElement.GetProperty("packed").GetArrayLength());
        Assert.Contains(Named, eval.Error, StringComparison.Ordinal);
        Assert.Contains(Named, unread.Error, StringComparison.Ordinal);
        Assert.Contains("Still packed: gqa-questions.zip. Unpack them.", unknown.Error, StringComparison.Ordinal);
        Assert.All([verify, json, eval, unread, unknown], one => Assert.Equal(ExitCode.UserMustAct, one.ExitCode));
    }

    [Fact]
    public async Task List_of_an_unknown_one_names_the_known()
    {
        var (exitCode, _, error) = await new InProcess(_folder).RunAsync("data", "list", "coco");

        Assert.Equal(ExitCode.UserMustAct, exitCode);
        Assert.Contains("Unknown benchmark 'coco'. Choose one of gqa, gqa-val,", error, StringComparison.Ordinal);
    }
}
