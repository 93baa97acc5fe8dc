using System.Net.NetworkInformation;

namespace TinyGptV.Throughput;

/// <summary>The traffic over the loopback device so far, which is all traffic between processes of this machine.</summary>
internal static class LoopbackTraffic
{
    /// <returns>Bytes; null if the system does not report it.</returns>
    public static long? Read()
    {
        try
        {
            return NetworkInterface.GetAllNetworkInterfaces()
                .FirstOrDefault(device => device.NetworkInterfaceType == NetworkInterfaceType.Loopback)?.GetIPStatistics().BytesReceived;
        }
        catch (Exception exception) when (exception is NetworkInformationException or PlatformNotSupportedException)
        {
            return null;
        }
    }
}
