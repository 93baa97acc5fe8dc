using System.Diagnostics;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Storage.Tests;

public class LocalProcessesTests
{
    private static readonly LocalProcesses Processes = new();

    [Fact]
    public void IsAlive_this_process_is_known_by_its_id_and_its_start()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Other systems do not tell.");
        RunOwner self = Processes.Describe("a", null);

        Assert.Contains($"process {Environment.ProcessId} on host", self.Place, StringComparison.Ordinal);
        Assert.True(Processes.IsAlive(self));
        Assert.False(Processes.IsAlive(self with { Started = self.Started + 1 })); // another process got its number
        Assert.Null(Processes.IsAlive(self with { Machine = "another boot or container" }));
        Assert.Null(Processes.IsAlive(self with { Machine = null }));
    }

    [Fact]
    public async Task IsAlive_process_that_was_killed_has_ended()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Other systems do not tell.");
        using Process process = Process.Start("sleep", "1000");
        string[] fields = (await File.ReadAllTextAsync($"/proc/{process.Id}/stat", TestContext.Current.CancellationToken)).Split(") ")[1].Split(' ');
        RunOwner owner = Processes.Describe("a", null) with { Process = process.Id, Started = long.Parse(fields[19]) };
        Assert.True(Processes.IsAlive(owner));

        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.False(Processes.IsAlive(owner));
    }
}
