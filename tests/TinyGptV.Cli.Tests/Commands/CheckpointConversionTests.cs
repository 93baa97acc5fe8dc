using System.Collections.Immutable;
using System.Text.Json;
using TinyGptV.Backends;
using TinyGptV.Backends.TinyGptV;
using TinyGptV.Cli.Verbs;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Models;

namespace TinyGptV.Cli.Tests.Commands;

public sealed class CheckpointConversionTests : IDisposable
{
    private static readonly string Demonstration = Repository.PathOf("src", "TinyGptV.Cli", "DemonstrationModel");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Verify_shipped_model_is_sound()
    {
        var (exitCode, output, error) = await RunAsync("verify", Demonstration);

        Assert.Equal(ExitCode.Success, exitCode);
        Assert.Contains("TinyGPT-V_for_Stage4.pth", output, StringComparison.Ordinal);
        Assert.Contains("Valid:", output, StringComparison.Ordinal);
        Assert.Empty(error);
    }

    [Fact]
    public async Task Verify_damaged_file_ends_with_2_and_the_reason_also_in_json()
    {
        byte[] whole = await File.ReadAllBytesAsync(Path.Combine(Demonstration, "eva_vit_g.pth"), TestContext.Current.CancellationToken);
        string damaged = _folder.Write("eva_vit_g.pth", whole[..^500]);

        var (exitCode, output, error) = await RunAsync("verify", damaged, "--format", "json");

        Assert.Equal(ExitCode.UserMustAct, exitCode);
        Assert.Contains("It is incomplete; download it again.", error, StringComparison.Ordinal);
        JsonElement verdict = JsonDocument.Parse(output).RootElement;
        Assert.False(verdict.GetProperty("isSound").GetBoolean());
        Assert.Contains("download it again", Assert.Single(verdict.GetProperty("problems").EnumerateArray()).GetString(), StringComparison.Ordinal);
        Assert.Equal(64, Assert.Single(verdict.GetProperty("files").EnumerateArray()).GetProperty("sha256").GetString()!.Length);
    }

    [Fact]
    public async Task Convert_shipped_model_is_verified_inspected_and_loaded_like_the_original()
    {
        var converted = await RunAsync("convert", Demonstration, "--output", "{folder}/converted");
        var verified = await RunAsync("verify", "{folder}/converted");
        var inspected = await RunAsync("inspect", "{folder}/converted");

        Assert.Equal((ExitCode.Success, ""), (converted.ExitCode, converted.Error));
        Assert.Contains($"tinygptv eval --model {_folder["converted"]}", converted.Output, StringComparison.Ordinal);
        Assert.Equal((ExitCode.Success, ""), (verified.ExitCode, verified.Error));
        Assert.Equal((ExitCode.Success, ""), (inspected.ExitCode, inspected.Error));
        Assert.Contains("visual_encoder", inspected.Output, StringComparison.Ordinal);
        Assert.Equal(await LoadAsync(Demonstration), await LoadAsync(_folder["converted"]));
    }

    [Fact]
    public async Task Convert_to_a_folder_that_is_occupied_ends_with_2()
    {
        _folder.Write("occupied/letter.txt", "dear reader");

        var (exitCode, output, error) = await RunAsync("convert", Demonstration, "--output", "{folder}/occupied");

        Assert.Equal(ExitCode.UserMustAct, exitCode);
        Assert.Contains("not an empty folder", error, StringComparison.Ordinal);
        Assert.Empty(output);
    }

    [Fact]
    public async Task Load_converted_model_with_another_part_is_refused()
    {
        await RunAsync("convert", Demonstration, "--output", "{folder}/converted");

        var refusal = await Assert.ThrowsAsync<PrerequisiteException>(() => LocalTinyGptV.LoadAsync(
            new ModelOptions { Folder = _folder["converted"], Stage = "other.pth" }, TestContext.Current.CancellationToken));

        Assert.Contains("--stage", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>The settings of the loaded model, as stored in the manifest of a run.</summary>
    private static async Task<ImmutableSortedDictionary<string, string>> LoadAsync(string folder)
    {
        IVisionLanguageModel model = await LocalTinyGptV.LoadAsync(new ModelOptions { Folder = folder, Threads = 1 }, TestContext.Current.CancellationToken);
        await ((IAsyncDisposable)model).DisposeAsync();
        return model.Identity.Settings;
    }

    private Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) =>
        new InProcess(_folder).RunAsync(["checkpoint", .. arguments]);
}
