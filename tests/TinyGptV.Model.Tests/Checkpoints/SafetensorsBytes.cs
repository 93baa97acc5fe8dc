using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TorchSharp;

namespace TinyGptV.Model.Tests.Checkpoints;

/// <summary>Writes safetensors files for tests.</summary>
internal static class SafetensorsBytes
{
    public static byte[] Of(string header, byte[] data)
    {
        byte[] text = Encoding.UTF8.GetBytes(header), length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        return [.. length, .. text, .. data];
    }

    /// <summary>All tensors as float32.</summary>
    public static byte[] Of(IEnumerable<KeyValuePair<string, torch.Tensor>> tensors)
    {
        var header = new JsonObject();
        var data = new List<byte>();
        foreach ((string name, torch.Tensor tensor) in tensors)
        {
            using torch.Tensor single = tensor.to_type(torch.ScalarType.Float32), dense = single.contiguous();
            int begin = data.Count;
            data.AddRange(dense.bytes);
            header[name] = new JsonObject
            {
                ["dtype"] = "F32",
                ["shape"] = JsonSerializer.SerializeToNode(tensor.shape),
                ["data_offsets"] = new JsonArray(begin, data.Count),
            };
        }

        return Of(header.ToJsonString(), [.. data]);
    }
}
