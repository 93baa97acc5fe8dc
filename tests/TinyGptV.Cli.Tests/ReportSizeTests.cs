using TinyGptV.Cli.Verbs;

namespace TinyGptV.Cli.Tests;

/// <summary>The program itself on a run of 25,000 samples, with no more memory than it may take.</summary>
public sealed class ReportSizeTests : IDisposable
{
    // 200 MiB in hexadecimal, as the runtime wants it; the program's other memory, about 60 MB, comes on top.
    private const string HeapLimit = "C800000";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Report_of_25_000_samples_is_written_with_a_heap_of_200_MiB_and_is_the_same_again()
    {
        SyntheticRun run = SyntheticRun.Create(Repository.Root);
        run.WriteTo(_folder["runs"]);

        byte[] first = await ReportAsync(run);
        byte[] second = await ReportAsync(run);

        Assert.Equal(25_000, run.Manifest.Benchmarks.Sum(benchmark => benchmark.Samples));
        Assert.Equal(first, second);
    }

    private async Task<byte[]> ReportAsync(SyntheticRun run)
    {
        string page = _folder["runs", run.Manifest.Run.Value, "report.html"];
        File.Delete(page);
        await using ProgramProcess report = ProgramProcess.Start(
            _folder.Path, [("DOTNET_GCHeapHardLimit", HeapLimit)], ["report", run.Manifest.Run.Value, "--runs", "runs"]);
        // Some samples of the run have no answer, and the exit code says so.
        Assert.True(await report.WaitForExitAsync(TestContext.Current.CancellationToken) == ExitCode.SamplesFailed, report.Transcript);
        return await File.ReadAllBytesAsync(page, TestContext.Current.CancellationToken);
    }
}
