using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace TinyGptV.Fixtures.Processes;

/// <summary>System programs that tests start as child processes.</summary>
internal static class ServerProgram
{
    /// <summary>The path of a program from a Debian package.</summary>
    /// <exception cref="InvalidOperationException">It is not installed; says what to do.</exception>
    public static string Find(string program, string package, params IEnumerable<string> folders) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Concat(folders)
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException($"This test needs the program '{program}'. Install it (Debian: apt-get install {package}).");

    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message holds its output.</exception>
    public static async Task RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = "/", RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        // A server that outlives its starter must not inherit these pipes, or they would never end: it logs to a file instead.
        string[] said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} exited with code {process.ExitCode}: {string.Concat(said)}");
    }
}
