using System.Buffers.Binary;
using System.Text;

namespace TinyGptV.Pickle;

/// <summary>Reads the bytes of a pickle in order, never past the end.</summary>
internal ref struct PickleInput(ReadOnlySpan<byte> pickle)
{
    private readonly ReadOnlySpan<byte> _pickle = pickle;

    public int Position { get; private set; }

    public byte Byte() => Take(1)[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public double Double() => BinaryPrimitives.ReadDoubleBigEndian(Take(8));

    public ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > int.MaxValue)
            throw new InvalidDataException("a length exceeds the file");
        if ((int)count > _pickle.Length - Position)
            throw EndsEarly();
        ReadOnlySpan<byte> bytes = _pickle.Slice(Position, (int)count);
        Position += (int)count;
        return bytes;
    }

    /// <summary>Reads up to and including the next line feed; returns the line without it.</summary>
    public string Line()
    {
        int length = _pickle[Position..].IndexOf((byte)'\n');
        if (length < 0)
            throw EndsEarly();
        return Encoding.Latin1.GetString(Take((ulong)length + 1)).TrimEnd('\n', '\r');
    }

    private readonly InvalidDataException EndsEarly() => new($"it ends at byte {_pickle.Length}, in the middle of a value");
}
