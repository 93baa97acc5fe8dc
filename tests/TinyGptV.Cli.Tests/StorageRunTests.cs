namespace TinyGptV.Cli.Tests;

/// <summary>The program as a process of its own, with benchmarks, checkpoint and runs in object storage.</summary>
public sealed class StorageRunTests(Shared<OneProcessRun> oneProcess, AzuriteServer azurite) : IClassFixture<AzuriteServer>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_with_everything_in_object_storage_behind_faults_writes_the_same_bytes_as_a_run_on_a_disk()
    {
        var container = new BlobContainer(azurite);
        await container.UploadFolderAsync(Path.Combine(AppContext.BaseDirectory, "benchmarks-data", "sample"), "benchmarks");
        await container.UploadFolderAsync(Path.Combine(AppContext.BaseDirectory, "DemonstrationModel"), "models/DemonstrationModel");
        await using var proxy = new FaultyProxy(azurite.Endpoint) { Schedule = new FaultSchedule(seed: 20260, rate: 0.05) { Hold = TimeSpan.FromSeconds(1) } };
        string root = container.UriAt(proxy.Endpoint);
        (string, string)[] variables =
        [
            ("TINYGPTV_STORAGE_CONNECTION", azurite.ConnectionStringAt(proxy.Endpoint)),
            ("TINYGPTV_DATA", $"{root}/benchmarks"),
            ("TINYGPTV_MODEL", $"{root}/models/DemonstrationModel"),
            ("TINYGPTV_RUNS", $"{root}/runs"),
            ("TINYGPTV_CACHE", _folder["cache"]),
        ];

        await using ProgramProcess eval = ProgramProcess.Start(_folder.Path, variables, ["eval", "--threads", "1", .. OneProcessRun.Settings]);
        Assert.True(await eval.WaitForExitAsync(TestContext.Current.CancellationToken) == ExitCode.Success, eval.Transcript);

        await container.DownloadFolderAsync("runs", _folder["runs"]);
        (await oneProcess.GetAsync()).AssertEqual(_folder["runs"]);
        Assert.Contains($"{root}/runs/{OneProcessRun.Name}/report.csv", eval.Transcript, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["runs", "predictions"]));

        await using ProgramProcess score = ProgramProcess.Start(_folder.Path, variables, ["score", OneProcessRun.Name]);
        Assert.True(await score.WaitForExitAsync(TestContext.Current.CancellationToken) == ExitCode.Success, score.Transcript);

        foreach (string text in Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories).Select(File.ReadAllText).Append(eval.Transcript).Append(score.Transcript))
            Assert.DoesNotContain(azurite.Key, text, StringComparison.Ordinal);
    }
}
