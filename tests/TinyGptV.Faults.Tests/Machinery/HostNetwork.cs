using System.Collections.Immutable;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace TinyGptV.Faults.Tests.Machinery;

/// <summary>
/// Several hosts on this machine: network namespaces with an address each, joined by a bridge of which this process holds the first address.
/// Two hosts, or one and all others, can be kept from reaching each other.
/// </summary>
/// <remarks>Needs the right to make network namespaces (root) and the programs <c>ip</c> and <c>bridge</c>.</remarks>
public sealed class HostNetwork : IDisposable
{
    private static int _networks;

    private readonly string _bridge;
    private readonly ImmutableArray<string> _hosts;

    private HostNetwork(string bridge, string gateway, ImmutableArray<string> hosts) => (_bridge, Gateway, _hosts) = (bridge, gateway, hosts);

    /// <summary>The address under which hosts reach this process.</summary>
    public string Gateway { get; }

    /// <exception cref="InvalidOperationException">The programs are not there, or the right is missing.</exception>
    public static HostNetwork Create(int hosts)
    {
        // Names and addresses of this process alone: several may run at once on one machine.
        int number = ((Environment.ProcessId * 4) + Interlocked.Increment(ref _networks)) % 16384;
        string bridge = string.Create(CultureInfo.InvariantCulture, $"tgv{number}");
        var network = new HostNetwork(
            bridge,
            string.Create(CultureInfo.InvariantCulture, $"10.{192 + (number >> 8)}.{number & 255}.1"),
            [.. Enumerable.Range(0, hosts).Select(host => string.Create(CultureInfo.InvariantCulture, $"{bridge}-{host}"))]);
        network.RemoveAll(); // what a process of the same number left behind
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

    /// <summary>Keeps the hosts from reaching each other; everybody else still reaches them.</summary>
    public void Separate(params IEnumerable<int> hosts)
    {
        foreach (int host in hosts)
            Run("bridge", "link", "set", "dev", _hosts[host], "isolated", "on");
    }

    /// <summary>Takes a host off the network.</summary>
    public void CutOff(int host) => Run("ip", "link", "set", _hosts[host], "down");

    /// <summary>Lets everybody reach everybody again.</summary>
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
                $"'{program} {string.Join(' ', arguments)}' failed: {said.Trim()} The fault campaign makes network namespaces: run it as root, on Linux.");
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
