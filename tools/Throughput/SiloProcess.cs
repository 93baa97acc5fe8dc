using System.Diagnostics;
using TinyGptV.Cli.Commands;
using TinyGptV.Cli.Verbs;

namespace TinyGptV.Throughput;

/// <summary>A silo in its own process. Disposing kills the process: a measurement needs no graceful shutdown.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    private readonly Process _process;

    private SiloProcess(Process process, string ready) => (_process, Ready) = (process, ready);

    /// <summary>The silo's ready line.</summary>
    public string Ready { get; }

    /// <summary>The current working set in bytes.</summary>
    public long Memory
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>The largest working set so far, in bytes.</summary>
    public long PeakMemory
    {
        get
        {
            _process.Refresh();
            return _process.PeakWorkingSet64;
        }
    }

    /// <summary>The processor time used so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts a silo and waits until it is ready.</summary>
    /// <param name="arguments">The arguments after <c>silo</c>.</param>
    /// <param name="cancellationToken">Stops waiting and kills the process.</param>
    /// <exception cref="InvalidOperationException">The silo ended before it was ready.</exception>
    public static async Task<SiloProcess> StartAsync(IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = Start(["silo", .. arguments]);
        start.RedirectStandardOutput = true;
        Process process = Process.Start(start)!;
        try
        {
            return new SiloProcess(process, await ReadReadyAsync(process, cancellationToken));
        }
        catch
        {
            await EndAsync(process);
            throw;
        }
    }

    public async ValueTask DisposeAsync() => await EndAsync(_process);

    private static async Task<string> ReadReadyAsync(Process process, CancellationToken cancellationToken)
    {
        while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Contains(" is ready: ", StringComparison.Ordinal))
                return line;
        }

        await process.WaitForExitAsync(cancellationToken);
        throw new InvalidOperationException($"A silo ended with exit code {process.ExitCode} before it was ready; see its output above.");
    }

    private static ProcessStartInfo Start(IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(ProgramEnvironment).Assembly.Location, .. arguments]);
        // Ignores options that the user has set in the environment for other silos.
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith(EnvironmentVariables.Prefix, StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(name);
        return start;
    }

    private static async Task EndAsync(Process process)
    {
        using (process)
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }
}
