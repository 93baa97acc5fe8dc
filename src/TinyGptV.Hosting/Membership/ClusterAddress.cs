using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using TinyGptV.Evaluation;

namespace TinyGptV.Hosting.Membership;

/// <summary>Where a silo or gateway listens: host name or address, and port.</summary>
public sealed record ClusterAddress(string Host, int Port)
{
    /// <summary>Reads <c>HOST:PORT</c>; an IPv6 address stands in brackets.</summary>
    /// <exception cref="PrerequisiteException">The text is no address.</exception>
    public static ClusterAddress Parse(string text)
    {
        int colon = text.LastIndexOf(':');
        return colon > 0 && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and <= 65535
            ? new ClusterAddress(text[..colon].Trim('[', ']'), port)
            : throw new PrerequisiteException($"'{text}' is no address. Expected HOST:PORT, for example 127.0.0.1:30000.");
    }

    /// <summary>Reads a list of addresses with commas between them.</summary>
    public static ImmutableArray<ClusterAddress> ParseList(string text) =>
        [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Parse)];

    /// <summary>All endpoints that the host's name stands for.</summary>
    /// <exception cref="PrerequisiteException">The name is unknown.</exception>
    public async Task<ImmutableArray<IPEndPoint>> ResolveAsync(CancellationToken cancellationToken)
    {
        try
        {
            IPAddress[] addresses = await Dns.GetHostAddressesAsync(Host, AddressFamily.InterNetwork, cancellationToken);
            return [.. addresses.Select(address => new IPEndPoint(address, Port))];
        }
        catch (SocketException exception)
        {
            throw new PrerequisiteException($"The host '{Host}' has no address: {exception.Message}. Check its name.", exception);
        }
    }

    public override string ToString() => $"{Host}:{Port.ToString(CultureInfo.InvariantCulture)}";
}
