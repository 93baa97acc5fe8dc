using System.Diagnostics;
using System.Text.Json;
using TinyGptV.Cli.Verbs;
using TinyGptV.Throughput;

namespace TinyGptV.Tools.Tests.Throughput;

public sealed class ThroughputSessionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, 4, new[] { 1 })]
    [InlineData(7, 3, new[] { 3, 2, 2 })]
    [InlineData(64, 4, new[] { 16, 16, 16, 16 })]
    public void Divide_spreads_replicas_evenly_and_leaves_no_process_without_one(int replicas, int processes, int[] expected) =>
        Assert.Equal(expected, ThroughputSession.Divide(replicas, processes).Select(part => part.Replicas));

    [Fact]
    public async Task Throughput_measures_each_size_of_cluster_on_processes_of_its_own()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        await using ProgramProcess program = ProgramProcess.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "TinyGptV.Throughput"),
        [
            "--replicas", "3,1", "--samples-per-replica", "40", "--delay", "0", "--processes", "2", "--folder", "kept", "--format", "json",
        ])
        { WorkingDirectory = _folder.Path });

        Assert.True(await program.WaitForExitAsync(token) == ExitCode.Success, program.Transcript);

        using JsonDocument table = JsonDocument.Parse(program.Output);
        Assert.Equal(
            [(1, 40), (3, 120)],
            table.RootElement.EnumerateArray().Select(row => (row.GetProperty("replicas").GetInt32(), row.GetProperty("samples").GetInt32())));
        Assert.All(table.RootElement.EnumerateArray(), row => Assert.True(row.GetProperty("samplesPerSecond").GetDouble() > 0));
        Assert.True(File.Exists(_folder["kept", "runs-3", "throughput", "report.csv"]));
    }
}
