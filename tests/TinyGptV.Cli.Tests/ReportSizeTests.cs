using TinyGptV.Cli.Verbs;

namespace TinyGptV.Cli.Tests;

/// <summary>The program on a run of 25,000 samples, with limited memory.</summary>
public sealed class ReportSizeTests : IDisposable
{
    // 200 MiB in hexadecimal, as the runtime expects; the program's other memory is about 60 MB.
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
        // Some samples of the run have no answer, hence the exit code.
        Assert.True(await report.WaitForExitAsync(TestContext.Current.CancellationToken) == ExitCode.SamplesFailed, report.Transcript);
        return await File.ReadAllBytesAsync(page, TestContext.Current.CancellationToken);
    }
}
