using System.Text.Json;
using TinyGptV.Backends.TinyGptV;
using TinyGptV.Cli.Verbs;

namespace TinyGptV.Cli.Tests.Commands;

public sealed class CheckpointCommandTests : IDisposable
{
    private static readonly string Demonstration = Path.Combine(AppContext.BaseDirectory, "DemonstrationModel");

    private readonly StartedOnce<SampleContainer> _storage;
    private readonly TemporaryFolder _folder = new();
    private readonly InProcess _program;

    public CheckpointCommandTests(StartedOnce<SampleContainer> storage)
    {
        _storage = storage;
        _program = new InProcess(_folder);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Inspect_folder_shows_all_parts()
    {
        var (exitCode, output, error) = await _program.RunAsync("checkpoint", "inspect", Demonstration);

        Assert.Equal(ExitCode.Success, exitCode);
        foreach (string part in new[] { "phi-2", "eva_vit_g.pth", "blip2_pretrained_flant5xxl.pth", "TinyGPT-V_for_Stage4.pth" })
            Assert.Contains(Path.Combine(Demonstration, part) + "\n", output, StringComparison.Ordinal);
        Assert.Matches(@"PyTorch, 56 tensors, 72,588 parameters, types: float16 56", output);
        Assert.Matches(@"llama_model\.base_model +25 ", output);
        Assert.Empty(error);
    }

    [Fact]
    public async Task Inspect_json_names_kind_types_prefixes_tensors_and_stored_configuration()
    {
        var (_, output, _) = await _program.RunAsync("checkpoint", "inspect", Path.Combine(Demonstration, "TinyGPT-V_for_Stage4.pth"), "--format", "json");

        using JsonDocument document = JsonDocument.Parse(output);
        JsonElement file = Assert.Single(document.RootElement.EnumerateArray());
        Assert.Equal("torchZip", file.GetProperty("kind").GetString());
        Assert.Equal(30, file.GetProperty("tensors").GetArrayLength());
        Assert.Equal(29, file.GetProperty("types").GetProperty("float32").GetInt32());
        Assert.Contains(file.GetProperty("prefixes").EnumerateArray(), prefix => prefix.GetProperty("prefix").GetString() == "llama_proj");
        Assert.True(file.GetProperty("metadata").TryGetProperty("config", out _));
    }

    [Fact]
    public async Task Checkpoint_in_object_storage_is_brought_to_the_cache_and_inspected_and_verified()
    {
        SampleContainer container = await _storage.GetAsync();
        foreach ((string name, string value) in container.VariablesFor(_folder, "unused"))
            _program.Variables[name] = value;
        string uri = container.UriOf("models/DemonstrationModel");

        var inspect = await _program.RunAsync("checkpoint", "inspect", uri);
        var verify = await _program.RunAsync("checkpoint", "verify", uri);
        var nothing = await _program.RunAsync("checkpoint", "inspect", container.UriOf("models/none"));

        Assert.Equal((ExitCode.Success, ExitCode.Success, ExitCode.UserMustAct), (inspect.ExitCode, verify.ExitCode, nothing.ExitCode));
        Assert.Matches(@"PyTorch, 56 tensors, 72,588 parameters, types: float16 56", inspect.Output);
        Assert.Contains("Valid: ", verify.Output, StringComparison.Ordinal);
        string size = new FileInfo(Path.Combine(Demonstration, "eva_vit_g.pth")).Length.ToString("N0", System.Globalization.CultureInfo.InvariantCulture);
        Assert.Matches($"eva_vit_g.pth +{size} ", verify.Output); // not that of the link in the cache
        Assert.Contains("There is no checkpoint at", nothing.Error, StringComparison.Ordinal);
        Assert.True(Directory.Exists(_folder["cache"]));
    }

    [Fact]
    public async Task Inspect_tensors_lists_each_of_them()
    {
        var (_, output, _) = await _program.RunAsync("checkpoint", "inspect", Path.Combine(Demonstration, "eva_vit_g.pth"), "--tensors");

        Assert.Matches(@"cls_token +float16 +\[1, 1, 32\]", output);
    }

    [Theory]
    [InlineData("{folder}/none.pth", "file not found")]
    [InlineData("{folder}", "contains no checkpoint")]
    [InlineData("{folder}/text.pth", "expected a safetensors or PyTorch file")]
    public async Task Inspect_what_is_no_checkpoint_says_so(string path, string message)
    {
        if (path.EndsWith("text.pth", StringComparison.Ordinal))
            _folder.Write("text.pth", "this is a text");

        var (exitCode, output, error) = await _program.RunAsync("checkpoint", "inspect", path);

        Assert.Equal(ExitCode.UserMustAct, exitCode);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.Empty(output);
    }

    [Theory]
    [InlineData("--blip2", "eva_vit_g.pth", "query_tokens")]
    [InlineData("--eva", "none.pth", "file not found")]
    [InlineData("--model", "phi-2", "not a complete TinyGPT-V model")]
    public async Task Eval_with_files_that_make_no_model_names_what_is_missing(string option, string file, string message)
    {
        SmallBenchmark.WriteTo(_folder, "small", 2);
        _program.Loader = LocalTinyGptV.LoadAsync;

        var (exitCode, output, error) = await _program.RunAsync(
            "eval", "--data", "{folder}/data", "--runs", "{folder}/runs", option, Path.Combine(Demonstration, file));

        Assert.Equal(ExitCode.UserMustAct, exitCode);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        Assert.Empty(output);
    }

    [Fact]
    public async Task Mistake_of_the_program_ends_with_its_trace_and_a_request_to_report_it()
    {
        _program.Loader = (_, _) => throw new InvalidOperationException("an error made for this test");

        var (exitCode, output, error) = await _program.RunAsync("eval", "--runs", "{folder}/runs");

        Assert.Equal(ExitCode.Bug, exitCode);
        Assert.Contains("please report it", error, StringComparison.Ordinal);
        Assert.Contains("an error made for this test", error, StringComparison.Ordinal);
        Assert.Contains("   at ", error, StringComparison.Ordinal);
        Assert.Empty(output);
    }
}
