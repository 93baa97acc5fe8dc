using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using TorchSharp;
using static TorchSharp.torch;

namespace TinyGptV.Model.Kernels;

/// <summary>
/// Where the tensor library takes many passes or reads memory slowly, the CPU has kernels of its own. They compute values, not gradients.
/// A row's result never depends on the other rows.
/// </summary>
internal static unsafe class CpuKernels
{
    /// <summary>Whether this processor and device have the kernels. Other devices, and gradients, use the tensor library.</summary>
    public static bool ServeOn(Device device) => device.type == DeviceType.CPU && Avx2.IsSupported && Fma.IsSupported;

    /// <summary>Whether the kernels can compute with a tensor.</summary>
    public static bool Serve(Tensor x) => !x.requires_grad && x.dtype is ScalarType.Float32 or ScalarType.BFloat16 && ServeOn(x.device);

    /// <summary>The memory of a contiguous tensor on the CPU; valid as long as the tensor.</summary>
    public static void* Memory(Tensor x)
    {
        if (x.numel() == 0)
            return null;
        using Tensor flat = x.view(-1), first = flat.narrow(0, 0, 1); // a span of bytes ends at 2 GiB, a tensor need not
        return Unsafe.AsPointer(ref MemoryMarshal.GetReference(first.bytes));
    }

    /// <summary>Divides work among the threads that the tensor library uses too.</summary>
    /// <param name="count">Number of items.</param>
    /// <param name="leastPerThread">With fewer items than this for a second thread, the calling thread does all.</param>
    /// <param name="body">Does the items from its first argument up to its second one.</param>
    public static void ForRanges(int count, int leastPerThread, Action<int, int> body)
    {
        int threads = Math.Min(get_num_threads(), count / leastPerThread);
        if (threads <= 1)
        {
            body(0, count);
            return;
        }

        int parts = Math.Min(count, 4 * threads); // more parts than threads: another process may slow one down
        Parallel.For(0, parts, new ParallelOptions { MaxDegreeOfParallelism = threads }, part =>
            body((int)((long)count * part / parts), (int)((long)count * (part + 1) / parts)));
    }
}
