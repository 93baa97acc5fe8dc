using System.Net;
using System.Net.Sockets;

namespace TinyGptV.Hosting.Tests;

public sealed class PortReservationTests
{
    [Fact]
    public void TryTake_many_at_once_are_all_different()
    {
        PortReservation[] reservations = [.. Enumerable.Range(0, 50).AsParallel().Select(_ => PortReservation.TryTake(IPAddress.Loopback, 0)!)];

        Assert.Equal(50, reservations.Select(reservation => reservation.Port).Distinct().Count());
        foreach (PortReservation reservation in reservations)
            reservation.Dispose();
    }

    [Fact]
    public void TryTake_reserved_port_is_taken_until_released()
    {
        PortReservation first = PortReservation.TryTake(IPAddress.Loopback, 0)!;

        // Outside Linux, a reservation only checks the port.
        if (OperatingSystem.IsLinux())
            Assert.Null(PortReservation.TryTake(IPAddress.Loopback, first.Port));
        first.Dispose();
        using PortReservation? second = PortReservation.TryTake(IPAddress.Loopback, first.Port);
        Assert.NotNull(second);
    }

    [Fact]
    public void TryTake_port_with_a_listener_is_taken_even_with_address_reuse()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();

        Assert.Null(PortReservation.TryTake(IPAddress.Loopback, ((IPEndPoint)listener.LocalEndPoint!).Port));
    }

    [Fact]
    public void TryTake_port_of_one_address_is_free_on_another()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has several loopback addresses.");
        using PortReservation first = PortReservation.TryTake(IPAddress.Parse("127.0.7.1"), 0)!;

        using PortReservation? second = PortReservation.TryTake(IPAddress.Parse("127.0.7.2"), first.Port);
        Assert.NotNull(second);
    }
}
