using System.Diagnostics;
using System.Globalization;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Storage.Locations;

/// <summary>
/// The processes of this machine. On Linux they are told by the boot of the kernel and the namespace of process ids, so that containers on one host are
/// different machines, and by their start, so that a reused process id is another process. On other systems nothing is known of other processes.
/// </summary>
public sealed class LocalProcesses : IProcessWatch
{
    private const string Boot = "/proc/sys/kernel/random/boot_id";
    private const string Namespace = "/proc/self/ns/pid";

    // The fields of /proc/PID/stat after the name, which is in parentheses: the state first, the start as 22nd of all.
    private const int State = 0;
    private const int Start = 19;

    private static readonly string? Machine = FindMachine();

    /// <inheritdoc />
    public RunOwner Describe(string instance, string? silo) => new()
    {
        Instance = instance,
        Place = string.Create(CultureInfo.InvariantCulture, $"process {Environment.ProcessId} on host '{Environment.MachineName}'"),
        Silo = silo,
        Machine = Machine,
        Process = Environment.ProcessId,
        Started = StatusOf(Environment.ProcessId)?.Started ?? 0,
    };

    /// <inheritdoc />
    public bool? IsAlive(RunOwner owner)
    {
        ArgumentNullException.ThrowIfNull(owner);
        if (Machine is null || owner.Machine != Machine)
            return null;
        return StatusOf(owner.Process) is { } status ? status.Lives && status.Started == owner.Started : IsVisible(owner.Process);
    }

    private static string? FindMachine()
    {
        try
        {
            return OperatingSystem.IsLinux() && new FileInfo(Namespace).LinkTarget is { } space ? $"{File.ReadAllText(Boot).Trim()} {space}" : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <returns>Null if the process has ended, or if its status is hidden.</returns>
    private static (bool Lives, long Started)? StatusOf(int process)
    {
        try
        {
            string line = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
            string[] fields = line[(line.LastIndexOf(')') + 2)..].Split(' ');
            return (fields[State] is not ("Z" or "X"), long.Parse(fields[Start], NumberStyles.None, CultureInfo.InvariantCulture));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Whether there is such a process, even if its status is hidden from this user.</summary>
    private static bool IsVisible(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
