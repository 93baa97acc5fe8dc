using System.Diagnostics;
using TinyGptV.Cli.Verbs;
using TinyGptV.SamplePainter;

namespace TinyGptV.Tools.Tests.SamplePainter;

/// <summary>The painter as a process.</summary>
public sealed class SamplePainterProgramTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Painter_writes_the_set_of_the_seed_and_says_how_to_evaluate_it()
    {
        var (exitCode, output, all) = await RunAsync("made", "7");

        Assert.True(exitCode == ExitCode.Success, all);
        Assert.Equal($"{SampleSetGenerator.Make(7).Count()} files written to made. Evaluate them with: tinygptv eval --data made", output.Trim());
        Assert.All(SampleSetGenerator.Make(7), file => Assert.Equal(file.Content, File.ReadAllBytes(Path.Combine(_folder["made"], file.Path))));
    }

    [Fact]
    public async Task Painter_draws_the_shipped_set_without_a_seed()
    {
        var (exitCode, _, all) = await RunAsync("made");

        Assert.True(exitCode == ExitCode.Success, all);
        string path = Path.Combine("gqa", "sample_questions.json");
        Assert.Equal(
            await File.ReadAllBytesAsync(Path.Combine(SampleFolder.Root, "sample", path), TestContext.Current.CancellationToken),
            await File.ReadAllBytesAsync(Path.Combine(_folder["made"], path), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("", "Usage: SamplePainter DIR [SEED]")]
    [InlineData("made 1 2", "Usage: SamplePainter DIR [SEED]")]
    [InlineData("made seven", "SEED must be a whole number; found 'seven'.")]
    [InlineData("made -7", "SEED must be a whole number; found '-7'.")]
    [InlineData("file", "Cannot write to 'file' (")]
    public async Task Painter_explains_wrong_arguments_in_one_line(string arguments, string message)
    {
        _folder.Write("file", "");

        var (exitCode, output, all) = await RunAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal((ExitCode.UserMustAct, ""), (exitCode, output));
        Assert.StartsWith(message, all, StringComparison.Ordinal);
        Assert.Single(all.Trim().Split('\n'));
        Assert.False(Directory.Exists(_folder["made"]));
    }

    private async Task<(int ExitCode, string Output, string Transcript)> RunAsync(params string[] arguments)
    {
        string painter = Path.Combine(AppContext.BaseDirectory, "TinyGptV.SamplePainter");
        await using ProgramProcess program = ProgramProcess.Start(new ProcessStartInfo(painter, arguments) { WorkingDirectory = _folder.Path });
        int exitCode = await program.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (exitCode, program.Output, program.Transcript);
    }
}
