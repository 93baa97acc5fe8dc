using System.Net;

namespace TinyGptV.Hosting;

/// <summary>Where a silo listens and which address it advertises.</summary>
public sealed record SiloEndpoints
{
    /// <summary>The address at which other silos reach this one. Default: loopback, reachable from this machine only.</summary>
    public IPAddress Advertised { get; init; } = IPAddress.Loopback;

    /// <summary>The address it listens on; null for <see cref="Advertised"/>.</summary>
    public IPAddress? Listening { get; init; }

    /// <summary>The port for other silos; 0 for any free one.</summary>
    public int SiloPort { get; init; }

    /// <summary>The port for clients; 0 for any free one, null for none.</summary>
    public int? GatewayPort { get; init; }
}
