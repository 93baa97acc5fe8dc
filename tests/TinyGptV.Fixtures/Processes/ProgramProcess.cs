using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Threading.Channels;

namespace TinyGptV.Fixtures.Processes;

/// <summary>The built program in its own process. Disposing it kills the process if it is still running.</summary>
internal sealed class ProgramProcess : IAsyncDisposable
{
    /// <summary>Longer than any program of the tests takes: a line that never comes fails its test instead of halting all of them.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(6);

    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "tinygptv.exe" : "tinygptv");

    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly ConcurrentQueue<string> _transcript = new();
    private readonly StringBuilder _output = new();
    private readonly Task _reading;

    private ProgramProcess(Process process)
    {
        _process = process;
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput, _output), ReadAsync(process.StandardError, null));
        _ = _reading.ContinueWith(_ => _lines.Writer.TryComplete(), TaskScheduler.Default);
    }

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    /// <summary>Everything on standard output so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>Everything on both streams so far, for test messages.</summary>
    public string Transcript => string.Join('\n', _transcript);

    public static ProgramProcess Start(string workingFolder, params string[] arguments) => Start(workingFolder, [], arguments);

    /// <summary>Starts the program with additional environment variables.</summary>
    public static ProgramProcess Start(string workingFolder, IEnumerable<(string Name, string Value)> variables, string[] arguments)
    {
        var start = new ProcessStartInfo(Program, arguments) { WorkingDirectory = workingFolder };
        foreach ((string name, string value) in variables)
            start.Environment[name] = value;
        return Start(start);
    }

    /// <summary>Starts any program in the same way.</summary>
    public static ProgramProcess Start(ProcessStartInfo start)
    {
        // These processes live for seconds: tiered recompilation would take a third of their processor time.
        start.Environment["DOTNET_TC_CallCounting"] = "0";
        (start.RedirectStandardOutput, start.RedirectStandardError, start.RedirectStandardInput) = (true, true, true);
        return new ProgramProcess(Process.Start(start)!);
    }

    /// <summary>Waits for a line on either stream and consumes the lines before it.</summary>
    /// <exception cref="InvalidOperationException">The process ended without such a line.</exception>
    /// <exception cref="TimeoutException">No such line came within minutes.</exception>
    public Task<string> WaitForLineAsync(Func<string, bool> isIt, CancellationToken cancellationToken) =>
        WithPatienceAsync("its expected line", token => FindLineAsync(isIt, token), cancellationToken);

    private async Task<string> FindLineAsync(Func<string, bool> isIt, CancellationToken cancellationToken)
    {
        await foreach (string line in _lines.Reader.ReadAllAsync(cancellationToken))
            if (isIt(line))
                return line;
        string end = _process.HasExited ? $"exited with code {_process.ExitCode}" : "closed its streams";
        throw new InvalidOperationException($"The program {end} before the expected line:\n{Transcript}");
    }

    /// <summary>Waits until the process and its streams end.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="TimeoutException">It did not end within minutes.</exception>
    public Task<int> WaitForExitAsync(CancellationToken cancellationToken) => WithPatienceAsync("its end", FindExitCodeAsync, cancellationToken);

    private async Task<int> FindExitCodeAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        await _reading.WaitAsync(cancellationToken);
        return _process.ExitCode;
    }

    private async Task<T> WithPatienceAsync<T>(string awaited, Func<CancellationToken, Task<T>> wait, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            return await wait(patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The program was given {Patience} for {awaited}:\n{Transcript}");
        }
    }

    /// <summary>SIGKILL: no handler runs, nothing is flushed.</summary>
    public void Kill() => _process.Kill();

    /// <summary>SIGINT or SIGTERM, sent by the system's <c>kill</c>; does nothing if the process has ended.</summary>
    public void Signal(string name)
    {
        if (_process.HasExited)
            return;
        using Process kill = Process.Start("kill", ["-s", name, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task ReadAsync(StreamReader reader, StringBuilder? copy)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            if (copy is not null)
                lock (copy)
                    copy.Append(line).Append('\n');
            _transcript.Enqueue(line);
            _lines.Writer.TryWrite(line);
        }
    }
}
