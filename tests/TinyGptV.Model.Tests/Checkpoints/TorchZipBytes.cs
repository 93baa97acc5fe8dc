using System.Text.Json.Nodes;
using TorchSharp;

namespace TinyGptV.Model.Tests.Checkpoints;

/// <summary>Writes files like torch.save.</summary>
internal static class TorchZipBytes
{
    /// <summary>A state dictionary.</summary>
    public static byte[] Of(IReadOnlyDictionary<string, torch.Tensor> tensors) => Archive(State(new PickleBytes(), tensors).End(), tensors);

    /// <summary>A training checkpoint: a state dictionary under <c>model</c>, and other entries next to it.</summary>
    public static byte[] Of(IReadOnlyDictionary<string, torch.Tensor> tensors, JsonObject beside)
    {
        PickleBytes pickle = State(new PickleBytes().Op("}(").Text("model"), tensors);
        foreach ((string name, JsonNode? value) in beside)
            pickle.Text(name).Value(value);
        return Archive(pickle.Op("u").End(), tensors);
    }

    private static PickleBytes State(PickleBytes pickle, IReadOnlyDictionary<string, torch.Tensor> tensors)
    {
        pickle.Op("}(");
        foreach (((string name, torch.Tensor tensor), int storage) in tensors.Select((tensor, index) => (tensor, index)))
            pickle.Text(name).Tensor(StorageOf(tensor), $"{storage}", tensor.NumberOfElements, 0, tensor.shape, tensor.contiguous().stride());
        return pickle.Op("u");
    }

    private static byte[] Archive(byte[] pickle, IReadOnlyDictionary<string, torch.Tensor> tensors)
    {
        IEnumerable<(string, byte[])> storages = tensors.Values.Select((tensor, index) => ($"archive/data/{index}", tensor.contiguous().bytes.ToArray()));
        return StoredZip.Of(zip64: false, [("archive/data.pkl", pickle), ("archive/version", "3\n"u8.ToArray()), .. storages]);
    }

    private static string StorageOf(torch.Tensor tensor) => tensor.dtype switch
    {
        torch.ScalarType.Float32 => "FloatStorage",
        torch.ScalarType.Float16 => "HalfStorage",
        torch.ScalarType.Int64 => "LongStorage",
        var other => throw new NotSupportedException($"No golden file has type {other}."),
    };
}
