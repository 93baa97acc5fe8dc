using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TorchSharp;

namespace TinyGptV.Model.Checkpoints.Formats;

/// <summary>A safetensors file: the length of the JSON header, the header, then the tensors' bytes without gaps.</summary>
public sealed class SafetensorsFile : ICheckpointFile
{
    private const int LengthBytes = 8;
    private const long LongestHeader = 100_000_000;

    private readonly MappedFile _file;
    private readonly Dictionary<string, TensorHeader> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _offsets = new(StringComparer.Ordinal);

    private SafetensorsFile(MappedFile file)
    {
        _file = file;
        int headerLength = HeaderLength(file);
        ReadHeader(file.Bytes(LengthBytes, headerLength), LengthBytes + headerLength);
    }

    /// <inheritdoc />
    public string Path => _file.Path;

    /// <inheritdoc />
    public CheckpointFileKind Kind => CheckpointFileKind.Safetensors;

    /// <inheritdoc />
    public IReadOnlyDictionary<string, TensorHeader> Tensors => _tensors;

    /// <inheritdoc />
    public JsonNode? Metadata { get; private set; }

    /// <summary>Opens a file and reads its header.</summary>
    /// <exception cref="CheckpointException">The file is not a valid safetensors file.</exception>
    public static SafetensorsFile Open(string path) => Open(MappedFile.Open(path));

    /// <inheritdoc />
    public torch.Tensor Read(string name)
    {
        if (!_tensors.TryGetValue(name, out TensorHeader? header))
            throw new CheckpointException($"{Path}: no tensor {name}.");
        return _file.ReadTensor(_offsets[name], header.Type, header.Shape.AsSpan());
    }

    /// <inheritdoc />
    public void Dispose() => _file.Dispose();

    internal static SafetensorsFile Open(MappedFile file)
    {
        try
        {
            return new SafetensorsFile(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static int HeaderLength(MappedFile file)
    {
        ulong length = file.Length < LengthBytes ? ulong.MaxValue : file.UInt64(0);
        if (length > (ulong)Math.Min(LongestHeader, file.Length - LengthBytes))
            throw new CheckpointException($"{file.Path}: the safetensors header should have {length} bytes, but the whole file has {file.Length}. " +
                "It is damaged or incomplete; download it again.");
        return (int)length;
    }

    private void ReadHeader(ReadOnlySpan<byte> json, long dataStart)
    {
        JsonElement header = ParseHeader(json);
        var ranges = new List<(long Begin, long End, string Name)>();
        foreach (JsonProperty entry in header.EnumerateObject())
        {
            if (entry.Name == "__metadata__")
                Metadata = JsonNode.Parse(entry.Value.GetRawText());
            else
                ranges.Add(ReadEntry(entry, dataStart));
        }

        CheckRanges(ranges, _file.Length - dataStart);
    }

    private JsonElement ParseHeader(ReadOnlySpan<byte> json)
    {
        try
        {
            JsonFile.RequireValidStrings(json);
            var options = new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false };
            using JsonDocument document = JsonDocument.Parse(Encoding.UTF8.GetString(json), options);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return document.RootElement.Clone();
        }
        catch (JsonException failure)
        {
            throw new CheckpointException($"{Path}: the safetensors header is not valid JSON: {failure.Message}", failure);
        }

        throw new CheckpointException($"{Path}: the safetensors header is not a JSON object.");
    }

    private (long Begin, long End, string Name) ReadEntry(JsonProperty entry, long dataStart)
    {
        string? typeName = entry.Value.ValueKind == JsonValueKind.Object && entry.Value.TryGetProperty("dtype", out JsonElement value) &&
            value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        torch.ScalarType type = TensorTypes.OfSafetensors(typeName)
            ?? throw new CheckpointException($"{Path}: tensor {entry.Name} has element type {typeName ?? "(none)"}, which is not supported.");
        long[] shape = Integers(entry, "shape", TensorTypes.MostDimensions), range = Integers(entry, "data_offsets", 2);
        if (range.Length != 2 || TensorTypes.ElementCount(shape) is not { } count || range[1] - range[0] != count * type.SizeInBytes())
            throw new CheckpointException($"{Path}: tensor {entry.Name} of {typeName} {TensorHeader.ShapeTextOf(shape)} " +
                $"does not fit its data_offsets {TensorHeader.ShapeTextOf(range)}.");

        _tensors.Add(entry.Name, new TensorHeader(entry.Name, type, ImmutableArray.Create(shape)));
        _offsets.Add(entry.Name, dataStart + range[0]);
        return (range[0], range[1], entry.Name);
    }

    private long[] Integers(JsonProperty entry, string field, int atMost)
    {
        if (!entry.Value.TryGetProperty(field, out JsonElement list) || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > atMost)
            throw new CheckpointException($"{Path}: tensor {entry.Name} has no valid {field}.");
        return [.. list.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out long number) && number >= 0
            ? number
            : throw new CheckpointException($"{Path}: tensor {entry.Name} has {item.GetRawText()} in its {field}."))];
    }

    /// <summary>The format allows no gaps, no overlaps and no bytes after the last tensor. This check also detects a truncated file.</summary>
    private void CheckRanges(List<(long Begin, long End, string Name)> ranges, long dataLength)
    {
        ranges.Sort();
        long end = 0;
        foreach ((long begin, long next, string name) in ranges)
        {
            if (begin != end)
                throw new CheckpointException($"{Path}: tensor {name} begins at byte {begin} of the data, expected {end}.");
            end = next;
        }

        if (end != dataLength)
            throw new CheckpointException($"{Path}: the tensors take {end} bytes, but the file has {dataLength} for them. " +
                "It is damaged or incomplete; download it again.");
    }
}
