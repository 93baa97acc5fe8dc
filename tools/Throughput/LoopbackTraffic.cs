using System.Net.NetworkInformation;

namespace TinyGptV.Throughput;

/// <summary>What has gone over the loopback device so far: between processes of this machine, that is all there is.</summary>
internal static class LoopbackTraffic
{
    /// <returns>Bytes; null where the system does not tell.</returns>
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
