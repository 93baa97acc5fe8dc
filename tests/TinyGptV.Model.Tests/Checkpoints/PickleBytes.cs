using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;

namespace TinyGptV.Model.Tests.Checkpoints;

/// <summary>Writes pickles opcode by opcode, valid or malicious.</summary>
internal sealed class PickleBytes
{
    private readonly List<byte> _bytes = [0x80, 2];

    public PickleBytes Raw(params ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public PickleBytes Op(string opcodes) => Raw(Encoding.Latin1.GetBytes(opcodes));

    public PickleBytes Text(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text), length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        return Op("X").Raw(length).Raw(bytes);
    }

    public PickleBytes Integer(long value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return Raw(0x8A, 8).Raw(bytes);
    }

    public PickleBytes Number(double value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteDoubleBigEndian(bytes, value);
        return Op("G").Raw(bytes);
    }

    /// <summary>Dictionaries, lists, strings, numbers, booleans and None.</summary>
    public PickleBytes Value(JsonNode? value) => value switch
    {
        null => Op("N"),
        JsonObject fields => fields.Aggregate(Op("}("), (pickle, field) => pickle.Text(field.Key).Value(field.Value)).Op("u"),
        JsonArray items => items.Aggregate(Op("]("), (pickle, item) => pickle.Value(item)).Op("e"),
        _ => Scalar((JsonValue)value),
    };

    public PickleBytes Global(string module, string name) => Op($"c{module}\n{name}\n");

    public PickleBytes Integers(params long[] values)
    {
        Op("(");
        foreach (long value in values)
            Integer(value);
        return Op("t");
    }

    /// <summary>The call that creates a tensor, as written by torch.save.</summary>
    public PickleBytes Tensor(string storageType, string key, long elements, long offset, long[] shape, long[] strides) =>
        Global("torch._utils", "_rebuild_tensor_v2").Op("((").Text("storage").Global("torch", storageType).Text(key).Text("cuda:0").Integer(elements).Op("tQ")
            .Integer(offset).Integers(shape).Integers(strides).Raw(0x89).Global("collections", "OrderedDict").Op(")RtR");

    private PickleBytes Scalar(JsonValue value) => value switch
    {
        _ when value.TryGetValue(out string? text) => Text(text),
        _ when value.TryGetValue(out bool flag) => Raw(flag ? (byte)0x88 : (byte)0x89),
        _ when value.TryGetValue(out long number) => Integer(number),
        _ => Number(value.GetValue<double>()),
    };

    public byte[] End()
    {
        Op(".");
        return [.. _bytes];
    }

    /// <summary>A dictionary with one tensor "weight" of two float32 elements in storage "0".</summary>
    public static byte[] OneTensor(long elements = 2, long offset = 0, long[]? shape = null, long[]? strides = null) =>
        new PickleBytes().Op("}").Text("weight").Tensor("FloatStorage", "0", elements, offset, shape ?? [2], strides ?? [1]).Op("s").End();
}
