using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using TorchSharp;

namespace TinyGptV.Model.Checkpoints.Formats;

/// <summary>A tensor to be written; its values are created when its turn comes.</summary>
/// <param name="Header">Its name, element type and shape in the file.</param>
/// <param name="Read">Creates the values, of exactly that type and shape; the writer disposes them.</param>
internal sealed record PendingTensor(TensorHeader Header, Func<torch.Tensor> Read)
{
    public long Bytes => TensorTypes.ElementCount(Header.Shape.AsSpan())!.Value * Header.Type.SizeInBytes();
}

/// <summary>Writes a safetensors file tensor by tensor, with at most one tensor in memory.</summary>
internal static class SafetensorsWriter
{
    private const int WrittenAtOnce = 8 << 20, HeaderAlignment = 8;

    // The default encoder would escape apostrophes and the like; names need no escaping.
    private static readonly JsonSerializerOptions HeaderOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a new file and flushes it to disk.</summary>
    /// <param name="path">The file; it must not exist.</param>
    /// <param name="tensors">The tensors to write.</param>
    /// <param name="metadata">The metadata to write.</param>
    /// <param name="cancellationToken">Stops between two tensors, leaving an incomplete file.</param>
    public static void Write(
        string path, IReadOnlyCollection<PendingTensor> tensors, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        // Largest elements first: this aligns each tensor to its element size without gaps, which the format forbids.
        PendingTensor[] ordered =
            [.. tensors.OrderByDescending(tensor => tensor.Header.Type.SizeInBytes()).ThenBy(tensor => tensor.Header.Name, StringComparer.Ordinal)];
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        file.Write(Header(ordered, metadata));
        foreach (PendingTensor tensor in ordered)
        {
            cancellationToken.ThrowIfCancellationRequested();
            WriteValues(file, tensor);
        }

        file.Flush(flushToDisk: true);
    }

    private static byte[] Header(PendingTensor[] tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var header = new JsonObject { ["__metadata__"] = JsonSerializer.SerializeToNode(metadata) };
        long offset = 0;
        foreach (PendingTensor tensor in tensors)
            header[tensor.Header.Name] = new JsonObject
            {
                ["dtype"] = TensorTypes.ToSafetensors(tensor.Header.Type),
                ["shape"] = new JsonArray([.. tensor.Header.Shape.Select(extent => (JsonNode)extent)]),
                ["data_offsets"] = new JsonArray(offset, offset += tensor.Bytes),
            };
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(header, HeaderOptions);
        var bytes = new byte[sizeof(long) + (json.Length + HeaderAlignment - 1) / HeaderAlignment * HeaderAlignment];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, bytes.Length - sizeof(long));
        bytes.AsSpan(sizeof(long)).Fill((byte)' ');
        json.CopyTo(bytes, sizeof(long));
        return bytes;
    }

    private static unsafe void WriteValues(FileStream file, PendingTensor tensor)
    {
        using torch.Tensor read = tensor.Read(), dense = read.contiguous(), flat = dense.view(-1);
        if (read.dtype != tensor.Header.Type || !read.shape.AsSpan().SequenceEqual(tensor.Header.Shape.AsSpan()))
            throw new InvalidOperationException(
                $"{tensor.Header.Name}: expected {tensor.Header.Type} {tensor.Header.ShapeText}, found {read.dtype} {TensorHeader.ShapeTextOf(read.shape)}.");
        if (tensor.Bytes == 0)
            return;

        // A span over the whole tensor is limited to 2 GiB; a span over its first element gives the address just as well.
        using torch.Tensor first = flat.narrow(0, 0, 1);
        fixed (byte* start = first.bytes)
            for (long done = 0; done < tensor.Bytes; done += WrittenAtOnce)
                file.Write(new ReadOnlySpan<byte>(start + done, (int)Math.Min(WrittenAtOnce, tensor.Bytes - done)));
    }
}
