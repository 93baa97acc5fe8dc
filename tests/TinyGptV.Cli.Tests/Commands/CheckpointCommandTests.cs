using System.Text.Json;

namespace TinyGptV.Cli.Tests.Commands;

public sealed class CheckpointCommandTests : IDisposable
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
        Assert.Contains("Sound:", output, StringComparison.Ordinal);
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

    private Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) =>
        new InProcess(_folder).RunAsync(["checkpoint", .. arguments]);
}
