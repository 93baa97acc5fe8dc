using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace TinyGptV.Hosting;

/// <summary>
/// A port that no other silo of this program uses. Silos listen with address reuse: on Linux, two processes could then share a port, and
/// each would get half of the other's connections. So a reservation binds a name in the kernel's abstract socket namespace, which is freed
/// however the process dies, and checks that nothing listens on the port.
/// </summary>
internal sealed class PortReservation : IDisposable
{
    private const int MostAttempts = 50;

    private readonly Socket? _name;

    private PortReservation(int port, Socket? name) => (Port, _name) = (port, name);

    public int Port { get; }

    /// <summary>Reserves a port, or any free one.</summary>
    /// <param name="address">The address to listen on.</param>
    /// <param name="port">The port; 0 for any.</param>
    /// <returns>The reservation; null if the port is taken.</returns>
    public static PortReservation? TryTake(IPAddress address, int port)
    {
        for (int attempt = 0; attempt < MostAttempts; attempt++)
        {
            if (TryTakeOnce(address, port == 0 ? FreePort(address) : port) is { } reservation)
                return reservation;
            if (port != 0)
                return null;
        }
        return null;
    }

    public void Dispose() => _name?.Dispose();

    private static PortReservation? TryTakeOnce(IPAddress address, int port)
    {
        Socket? name = null;
        try
        {
            // Other systems lack such names: if another process takes the port before the silo starts, the start fails.
            if (OperatingSystem.IsLinux())
            {
                name = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                name.Bind(new UnixDomainSocketEndPoint(string.Create(CultureInfo.InvariantCulture, $"\0tinygptv-port-{address}-{port}")));
            }
            using Socket look = NewTcpSocket(address);
            look.Bind(new IPEndPoint(address, port));
            look.Listen();
            return new PortReservation(port, name);
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            name?.Dispose();
            return null;
        }
    }

    private static int FreePort(IPAddress address)
    {
        using Socket socket = NewTcpSocket(address);
        socket.Bind(new IPEndPoint(address, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static Socket NewTcpSocket(IPAddress address) => new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
}
