using System.Collections.Immutable;
using TinyGptV.Cli.Verbs;

namespace TinyGptV.Cli.Tests;

/// <summary>The reference for all runs: the samples, evaluated with the demonstration model in one process.</summary>
public sealed class OneProcessRun : IAsyncLifetime
{
    public const string Name = "compared";

    /// <summary>The settings of every run: small shards, so that there are several to lose, and few samples.</summary>
    public static readonly ImmutableArray<string> Settings = ["--run", Name, "--shard-size", "2", "--limit", "24"];

    private readonly TemporaryFolder _folder = new();

    public async ValueTask InitializeAsync()
    {
        await using ProgramProcess eval = ProgramProcess.Start(_folder.Path, ["eval", "--runs", "runs", "--threads", "1", .. Settings]);
        Assert.True(await eval.WaitForExitAsync(TestContext.Current.CancellationToken) == ExitCode.Success, eval.Transcript);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Compares a run with this one, see <see cref="RunFiles"/>.</summary>
    internal void AssertEqual(string runs) => RunFiles.AssertEqual(_folder["runs", Name], Path.Combine(runs, Name));
}
