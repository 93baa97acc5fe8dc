using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using TinyGptV.Evaluation;

namespace TinyGptV.Hosting.Membership;

/// <summary>The address of a silo or gateway: host name or IP address, and port.</summary>
public sealed record ClusterAddress(string Host, int Port)
{
    /// <summary>Parses <c>HOST:PORT</c>; an IPv6 address goes in brackets.</summary>
    /// <exception cref="PrerequisiteException">The text is not an address.</exception>
    public static ClusterAddress Parse(string text)
    {
        int colon = text.LastIndexOf(':');
        return colon > 0 && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and <= 65535
            ? new ClusterAddress(text[..colon].Trim('[', ']'), port)
            : throw new PrerequisiteException($"'{text}' is not an address. Expected HOST:PORT, for example 127.0.0.1:30000.");
    }

    /// <summary>Parses a comma-separated list of addresses.</summary>
    public static ImmutableArray<ClusterAddress> ParseList(string text) =>
        [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Parse)];

    /// <summary>Resolves the host name to endpoints.</summary>
    /// <exception cref="PrerequisiteException">The name cannot be resolved.</exception>
    public async Task<ImmutableArray<IPEndPoint>> ResolveAsync(CancellationToken cancellationToken)
    {
        try
        {
            IPAddress[] addresses = await Dns.GetHostAddressesAsync(Host, AddressFamily.InterNetwork, cancellationToken);
            return [.. addresses.Select(address => new IPEndPoint(address, Port))];
        }
        catch (SocketException exception)
        {
            throw new PrerequisiteException($"Cannot resolve host '{Host}': {exception.Message}. Check the name.", exception);
        }
    }

    public override string ToString() => $"{Host}:{Port.ToString(CultureInfo.InvariantCulture)}";
}
