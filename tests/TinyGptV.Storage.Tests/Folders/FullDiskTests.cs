using System.Diagnostics;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Storage.Folders;
using TinyGptV.Storage.Resilience;

namespace TinyGptV.Storage.Tests.Folders;

/// <summary>A folder of runs on a real file system of 256 KiB, which is filled and emptied.</summary>
public sealed class FullDiskTests : IDisposable
{
    private static readonly RunId Run = new("first-run");

    private readonly TemporaryFolder _folder = new();
    private readonly string _disk;

    public FullDiskTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Mounting a file system needs root on Linux.");
        _disk = Directory.CreateDirectory(_folder["disk"]).FullName;
        Mount("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", _disk);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Ballast => Path.Combine(_disk, "ballast");

    public void Dispose()
    {
        if (_disk is not null)
            Mount("umount", _disk);
        _folder.Dispose();
    }

    [Fact]
    public async Task Full_disk_is_waited_for_and_the_shard_is_written_when_there_is_space()
    {
        var paused = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var time = new ObservedTime(paused);
        IRunStore store = new RunFolder(_disk, time, Quick with { MaxRetries = 1_000 });
        Fill();
        Task<bool> writing = store.TryWriteShardAsync(Run, new(0), Shard(), Token).AsTask();

        await paused.Task.WaitAsync(Token);
        Assert.False(writing.IsCompleted);
        File.Delete(Ballast);

        Assert.True(await writing);
        Assert.Single((await store.ReadShardAsync(Run, new(0), Token)).Predictions());
        Assert.Empty(Directory.GetFiles(_disk, ".writing-*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Disk_that_stays_full_is_given_up_with_advice_and_nothing_is_left_behind()
    {
        IRunStore store = new RunFolder(_disk, TimeProvider.System, Quick);
        Fill();

        var exception = await Assert.ThrowsAsync<PrerequisiteException>(async () => await store.TryWriteShardAsync(Run, new(0), Shard(), Token));

        Assert.Contains("No space left on device", exception.Message, StringComparison.Ordinal);
        Assert.Contains("free space", exception.Message, StringComparison.Ordinal);
        Assert.Equal([Ballast], Directory.GetFiles(_disk, "*", SearchOption.AllDirectories));
    }

    private static StorageResilience Quick { get; } =
        new() { MaxRetries = 3, FirstPause = TimeSpan.FromMilliseconds(1), LongestPause = TimeSpan.FromMilliseconds(20) };

    private static byte[] Shard() => PredictionLines.Write([new Prediction
    {
        Benchmark = new("gqa"),
        Sample = new Sample { Id = new("1"), Image = new("a.png"), Question = "What?", Target = "a" },
        Prompt = new string('x', 100_000),
    }]);

    private void Fill()
    {
        using var ballast = new FileStream(Ballast, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
                ballast.Write(new byte[4096]);
        }
        catch (IOException)
        {
            // It is full.
        }
    }

    private static void Mount(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    /// <summary>Reports the first pause.</summary>
    private sealed class ObservedTime(TaskCompletionSource paused) : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            paused.TrySetResult();
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }
}
