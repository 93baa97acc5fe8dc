using System.Collections.Immutable;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace TinyGptV.Faults.Tests.Machinery;

/// <summary>
/// Several hosts on this machine: network namespaces, each with an address, joined by a bridge whose first address belongs to this process.
/// Can partition two hosts, or isolate one.
/// </summary>
/// <remarks>Requires root, to create network namespaces, and the programs <c>ip</c> and <c>bridge</c>.</remarks>
public sealed class HostNetwork : IDisposable
{
    private static int _networks;

    private readonly string _bridge;
    private readonly ImmutableArray<string> _hosts;

    private HostNetwork(string bridge, string gateway, ImmutableArray<string> hosts) => (_bridge, Gateway, _hosts) = (bridge, gateway, hosts);

    /// <summary>The address at which hosts reach this process.</summary>
    public string Gateway { get; }

    /// <exception cref="InvalidOperationException">The programs or the rights are missing.</exception>
    public static HostNetwork Create(int hosts)
    {
        // Names and addresses unique to this process, since several may run on one machine.
        int number = ((Environment.ProcessId * 4) + Interlocked.Increment(ref _networks)) % 16384;
        string bridge = string.Create(CultureInfo.InvariantCulture, $"tgv{number}");
        var network = new HostNetwork(
            bridge,
            string.Create(CultureInfo.InvariantCulture, $"10.{192 + (number >> 8)}.{number & 255}.1"),
            [.. Enumerable.Range(0, hosts).Select(host => string.Create(CultureInfo.InvariantCulture, $"{bridge}-{host}"))]);
        network.RemoveAll(); // left behind by a process with the same id
        try
        {
            network.Build();
            return network;
        }
        catch
        {
            network.RemoveAll();
            throw;
        }
    }

    /// <summary>The address of a host.</summary>
    public string AddressOf(int host) => string.Create(CultureInfo.InvariantCulture, $"{Gateway[..^1]}{10 + host}");

    /// <summary>The command line that runs a program on a host.</summary>
    public string[] On(int host, params IEnumerable<string> command) => ["ip", "netns", "exec", _hosts[host], .. command];

    /// <summary>Cuts the connection between two hosts; others still reach both.</summary>
    public void Separate(params IEnumerable<int> hosts)
    {
        foreach (int host in hosts)
            Run("bridge", "link", "set", "dev", _hosts[host], "isolated", "on");
    }

    /// <summary>Takes a host off the network.</summary>
    public void CutOff(int host) => Run("ip", "link", "set", _hosts[host], "down");

    /// <summary>Restores all connections.</summary>
    public void Heal()
    {
        foreach (string host in _hosts)
        {
            Run("ip", "link", "set", host, "up");
            Run("bridge", "link", "set", "dev", host, "isolated", "off");
        }
    }

    public void Dispose() => RemoveAll();

    private void Build()
    {
        Run("ip", "link", "add", _bridge, "type", "bridge");
        Run("ip", "address", "add", $"{Gateway}/24", "dev", _bridge);
        Run("ip", "link", "set", _bridge, "up");
        for (int host = 0; host < _hosts.Length; host++)
        {
            string name = _hosts[host];
            Run("ip", "netns", "add", name);
            Run("ip", "link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", name);
            Run("ip", "link", "set", name, "master", _bridge);
            Run("ip", "link", "set", name, "up");
            Run("ip", "-n", name, "address", "add", $"{AddressOf(host)}/24", "dev", "eth0");
            Run("ip", "-n", name, "link", "set", "lo", "up");
            Run("ip", "-n", name, "link", "set", "eth0", "up");
        }
    }

    private void RemoveAll()
    {
        foreach (string host in _hosts)
            Start("ip", ["netns", "delete", host]);
        Start("ip", ["link", "delete", _bridge]);
    }

    private static void Run(string program, params string[] arguments)
    {
        (int exitCode, string said) = Start(program, arguments);
        if (exitCode != 0)
            throw new InvalidOperationException(
                $"'{program} {string.Join(' ', arguments)}' failed: {said.Trim()} The fault campaign needs network namespaces: run it as root on Linux.");
    }

    private static (int ExitCode, string Said) Start(string program, string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            string said = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, said);
        }
        catch (Win32Exception exception)
        {
            throw new InvalidOperationException($"The fault campaign needs the program '{program}'. Install the Debian package iproute2.", exception);
        }
    }
}
