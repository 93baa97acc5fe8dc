using TinyGptV.Cli.Verbs;

namespace TinyGptV.Cli.Tests;

/// <summary>The program as a separate process, with benchmarks, checkpoint and runs in object storage.</summary>
public sealed class StorageRunTests(StartedOnce<OneProcessRun> oneProcess, StartedOnce<SampleContainer> storage) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_with_everything_in_object_storage_behind_faults_writes_the_same_bytes_as_a_run_on_a_disk()
    {
        SampleContainer container = await storage.GetAsync();
        var schedule = new FaultSchedule(seed: 20260, rate: 0.05) { Hold = TimeSpan.FromSeconds(1) };
        await using var proxy = new FaultyProxy(container.Endpoint) { Schedule = schedule };
        (string, string)[] variables = container.VariablesFor(_folder, "faults", proxy.Endpoint);

        await using ProgramProcess eval = ProgramProcess.Start(_folder.Path, variables, ["eval", "--threads", "1", .. OneProcessRun.Settings]);
        Assert.True(await eval.WaitForExitAsync(TestContext.Current.CancellationToken) == ExitCode.Success, eval.Transcript);

        await container.DownloadAsync("faults", _folder["runs"]);
        (await oneProcess.GetAsync()).AssertEqual(_folder["runs"]);
        Assert.Contains($"{container.UriOf("faults", proxy.Endpoint)}/{OneProcessRun.Name}/report.csv", eval.Transcript, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["runs", "predictions"]));

        await using ProgramProcess score = ProgramProcess.Start(_folder.Path, variables, ["score", OneProcessRun.Name]);
        Assert.True(await score.WaitForExitAsync(TestContext.Current.CancellationToken) == ExitCode.Success, score.Transcript);

        IEnumerable<string> files = Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories);
        foreach (string text in files.Select(File.ReadAllText).Append(eval.Transcript).Append(score.Transcript))
            Assert.DoesNotContain(container.Key, text, StringComparison.Ordinal);
    }
}
