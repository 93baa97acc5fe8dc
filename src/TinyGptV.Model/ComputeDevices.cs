using System.Collections.Immutable;
using System.Globalization;
using TorchSharp;

namespace TinyGptV.Model;

/// <summary>The devices that models run on, as users name them.</summary>
public static class ComputeDevices
{
    /// <summary>Stands for every GPU that can be used here.</summary>
    public const string All = "all";

    private const string Advice = "Build with -p:TorchBackend=cuda on a machine with an NVIDIA driver, or use cpu.";

    /// <summary>Number of GPUs that can be used here, as limited by <c>CUDA_VISIBLE_DEVICES</c>; 0 in a CPU build.</summary>
    public static int CountGpus() => torch.cuda.is_available() ? torch.cuda.device_count() : 0;

    /// <summary>Reads a list of devices.</summary>
    /// <param name="text">Comma-separated devices, each <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>, repeats allowed; or <c>all</c>.</param>
    /// <param name="countGpus">Counts the GPUs; called only if a GPU is named.</param>
    /// <returns>One device per model, at least one.</returns>
    /// <exception cref="InvalidDataException">A device is malformed or not available.</exception>
    public static ImmutableArray<string> Parse(string text, Func<int> countGpus)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(countGpus);
        if (text == All)
            return AllOf(countGpus());
        ImmutableArray<string> devices = [.. text.Split(',', StringSplitOptions.TrimEntries)];
        foreach (string device in devices)
            IndexOf(device, countGpus);
        return devices;
    }

    internal static torch.Device Open(string device) =>
        IndexOf(device, CountGpus) is { } index ? torch.device("cuda", index) : torch.CPU;

    private static ImmutableArray<string> AllOf(int gpus) => gpus > 0
        ? [.. Enumerable.Range(0, gpus).Select(index => string.Create(CultureInfo.InvariantCulture, $"cuda:{index}"))]
        : throw new InvalidDataException(
            $"Device '{All}' means every visible GPU (see CUDA_VISIBLE_DEVICES), but no GPU can be used here. {Advice}");

    /// <returns>The index of the GPU; null for the CPU.</returns>
    private static int? IndexOf(string device, Func<int> countGpus)
    {
        if (device == "cpu")
            return null;
        string[] parts = device.Split(':');
        int index = 0;
        if (parts[0] != "cuda" || parts.Length > 2 ||
            (parts.Length == 2 && !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out index)))
            throw new InvalidDataException($"A device is cpu, cuda or cuda:N; found '{device}'.");
        int count = countGpus();
        return index < count ? index : throw new InvalidDataException(
            $"Device '{device}' not found: {count} GPUs can be used here. {Advice}");
    }
}
