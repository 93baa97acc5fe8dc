using System.ComponentModel;
using System.Diagnostics;

namespace TinyGptV.Kubernetes.Tests.Manifests;

/// <summary>Runs a required tool, and says what to install if it is missing.</summary>
internal static class RequiredTool
{
    /// <param name="name">The program, looked up on PATH.</param>
    /// <param name="install">A sentence that says how to get it.</param>
    /// <param name="input">Its standard input; null for none.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>Its standard output.</returns>
    /// <exception cref="InvalidOperationException">The program is missing or failed.</exception>
    public static string Run(string name, string install, string? input, params string[] arguments)
    {
        var start = new ProcessStartInfo(name, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Start(start, install);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output.Result
            : throw new InvalidOperationException($"'{name} {string.Join(' ', arguments)}' ended with {process.ExitCode}:\n{error.Result}{output.Result}");
    }

    private static Process Start(ProcessStartInfo start, string install)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            throw new InvalidOperationException($"'{start.FileName}' is not on PATH. {install}");
        }
    }
}
