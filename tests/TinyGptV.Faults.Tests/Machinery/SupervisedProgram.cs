using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace TinyGptV.Faults.Tests.Machinery;

/// <summary>
/// The program, run as an orchestrator runs it: when its process ends, however it does, the next one is started with the same arguments, until
/// it has ended well (a job) or is told to stop (a silo).
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

    /// <summary>Ends when the process that runs now has said that it is ready.</summary>
    public Task WhenReady
    {
        get
        {
            lock (_lock)
                return _ready.Task;
        }
    }

    /// <summary>Ends when a job has ended well.</summary>
    public Task WhenDone => _running;

    /// <summary>The last lines of both streams, for messages of tests.</summary>
    public string Transcript => string.Join('\n', _lines);

    /// <param name="command">The program and its arguments.</param>
    /// <param name="environment">Variables beside those of this process.</param>
    /// <param name="isJob">Whether it is done once it has ended with exit code 0.</param>
    public static SupervisedProgram Start(string[] command, IEnumerable<KeyValuePair<string, string>> environment, bool isJob)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        // These processes live for seconds: compiling their busy code a second time would take a third of their processor time.
        start.Environment["DOTNET_TC_CallCounting"] = "0";
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        return new SupervisedProgram(start, isJob);
    }

    /// <summary>Sends a signal to the process that runs now, if there is one.</summary>
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
