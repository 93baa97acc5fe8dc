using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace TinyGptV.Faults.Tests.Machinery;

/// <summary>
/// Runs the program like an orchestrator: restarts its process with the same arguments whenever it ends, until it succeeds (a job) or is
/// stopped (a silo).
/// </summary>
public sealed class SupervisedProgram : IAsyncDisposable
{
    private const int KeptLines = 400;

    private readonly ProcessStartInfo _start;
    private readonly bool _isJob;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly Lock _lock = new();
    private readonly Task _running;
    private TaskCompletionSource _ready = NewSource();
    private Process? _process;
    private bool _isStopped;

    private SupervisedProgram(ProcessStartInfo start, bool isJob)
    {
        (_start, _isJob) = (start, isJob);
        _running = RunAsync();
    }

    /// <summary>How often the program was started.</summary>
    public int Starts { get; private set; }

    /// <summary>Ends when the current process has reported that it is ready.</summary>
    public Task WhenReady
    {
        get
        {
            lock (_lock)
                return _ready.Task;
        }
    }

    /// <summary>Ends when a job has succeeded.</summary>
    public Task WhenDone => _running;

    /// <summary>The last lines of both streams, for test messages.</summary>
    public string Transcript => string.Join('\n', _lines);

    /// <param name="command">The program and its arguments.</param>
    /// <param name="environment">Variables in addition to those of this process.</param>
    /// <param name="isJob">Whether exit code 0 ends it for good.</param>
    public static SupervisedProgram Start(string[] command, IEnumerable<KeyValuePair<string, string>> environment, bool isJob)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        // These processes live for seconds: tiered recompilation would take a third of their processor time.
        start.Environment["DOTNET_TC_CallCounting"] = "0";
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        return new SupervisedProgram(start, isJob);
    }

    /// <summary>Sends a signal to the current process, if there is one.</summary>
    public void Signal(string name)
    {
        lock (_lock)
        {
            if (_process is not { HasExited: false } process)
                return;
            using Process kill = Process.Start("kill", ["-s", name, process.Id.ToString(CultureInfo.InvariantCulture)]);
            kill.WaitForExit();
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _isStopped = true;
            if (_process is { HasExited: false } process)
                process.Kill();
        }

        await _running;
    }

    private async Task RunAsync()
    {
        while (StartNext() is { } process)
        {
            using (process)
            {
                await Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
                await process.WaitForExitAsync();
                Keep($"[ended with exit code {process.ExitCode}]");
                lock (_lock)
                {
                    _process = null;
                    if (_ready.Task.IsCompleted)
                        _ready = NewSource();
                }

                if (_isJob && process.ExitCode == 0)
                    return;
            }
        }
    }

    private Process? StartNext()
    {
        lock (_lock)
        {
            if (_isStopped)
                return null;
            Starts++;
            return _process = Process.Start(_start)!;
        }
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            Keep(line);
            if (line.Contains(" is ready: ", StringComparison.Ordinal))
                lock (_lock)
                    _ready.TrySetResult();
        }
    }

    private void Keep(string line)
    {
        _lines.Enqueue(line);
        while (_lines.Count > KeptLines)
            _lines.TryDequeue(out _);
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
