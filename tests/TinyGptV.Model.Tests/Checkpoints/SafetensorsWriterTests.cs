using System.Collections.Immutable;
using CsCheck;
using TinyGptV.Model.Checkpoints.Formats;
using TorchSharp;

namespace TinyGptV.Model.Tests.Checkpoints;

public sealed class SafetensorsWriterTests : IDisposable
{
    private static readonly torch.ScalarType[] Types =
    [
        torch.ScalarType.Float64, torch.ScalarType.Float32, torch.ScalarType.Float16, torch.ScalarType.BFloat16, torch.ScalarType.Int64, torch.ScalarType.Int32,
        torch.ScalarType.Int16, torch.ScalarType.Int8, torch.ScalarType.Byte, torch.ScalarType.Bool,
    ];

    private readonly CheckpointFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_AnyTensors_AreReadBackAligned() =>
        Gen.Select(Gen.Int[0, Types.Length - 1], Gen.Long[0, 4].Array[0, 3], Gen.String[0, 8]).Array[0, 8].Sample(tensors =>
        {
            PendingTensor[] pending = [.. tensors.DistinctBy(tensor => tensor.Item3)
                .Where(tensor => tensor.Item3 != "__metadata__" && !tensor.Item3.Any(char.IsSurrogate))
                .Select((tensor, index) => Pending(tensor.Item3, Types[tensor.Item1], tensor.Item2, index))];
            string path = _folder[Guid.NewGuid().ToString("N")];

            SafetensorsWriter.Write(path, pending, new Dictionary<string, string> { ["format"] = "pt" }, TestContext.Current.CancellationToken);

            using SafetensorsFile file = SafetensorsFile.Open(path);
            Assert.Equal(0, BitConverter.ToInt64(File.ReadAllBytes(path)) % 8);
            Assert.Equal("pt", (string?)file.Metadata!["format"]);
            Assert.Equal(pending.Select(tensor => tensor.Header.Name).Order(StringComparer.Ordinal), file.Tensors.Keys.Order(StringComparer.Ordinal));
            foreach (PendingTensor tensor in pending)
            {
                using torch.Tensor expected = tensor.Read(), found = file.Read(tensor.Header.Name);
                Assert.Equal(expected.dtype, found.dtype);
                Assert.Equal(expected.shape, found.shape);
                Assert.Equal(expected.bytes.ToArray(), found.bytes.ToArray());
            }
        }, iter: 200, threads: 1);

    [Fact]
    public void Write_TensorOfAnotherShape_Throws()
    {
        var pending = new PendingTensor(new TensorHeader("a", torch.ScalarType.Float32, [3]), () => torch.zeros(2));

        Assert.Throws<InvalidOperationException>(() =>
            SafetensorsWriter.Write(_folder["a"], [pending], new Dictionary<string, string>(), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Write_ExistingFile_IsNotReplaced()
    {
        _folder.Write("a", [1]);

        Assert.Throws<IOException>(() => SafetensorsWriter.Write(_folder["a"], [], new Dictionary<string, string>(), TestContext.Current.CancellationToken));
        Assert.Equal([1], File.ReadAllBytes(_folder["a"]));
    }

    private static PendingTensor Pending(string name, torch.ScalarType type, long[] shape, int seed) =>
        new(new TensorHeader(name, type, ImmutableArray.Create(shape)), () =>
        {
            int count = (int)shape.Aggregate(1L, (product, extent) => product * extent);
            using torch.Tensor numbers = torch.tensor([.. Enumerable.Range(seed, count).Select(number => (long)number)]), shaped = numbers.reshape(shape);
            return shaped.to_type(type);
        });
}
