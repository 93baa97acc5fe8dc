using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace TinyGptV.Evaluation.Benchmarks.Formats;

/// <summary>
/// Reads Python pickles that hold nothing but data: lists, dictionaries with texts as keys, texts, whole numbers and floating-point numbers, in protocols 0 to 5. A pickle is a
/// program; every opcode that could name, make or call anything else is refused by its name. Time and memory are bounded by the pickle's length; there is no recursion.
/// </summary>
/// <remarks>
/// Values are <see cref="List{T}"/> of object, <see cref="Dictionary{TKey, TValue}"/> of text and object, <see cref="string"/>, <see cref="long"/> and <see cref="double"/>.
/// A value can be shared, or even contain itself: whoever walks through it must not expect a tree.
/// </remarks>
internal ref struct DataPickle
{
    /// <summary>The references of RefCOCOg, the largest of their kind, have some ten million. Each costs at most about a hundred bytes of memory.</summary>
    private const int MostOpcodes = 50_000_000;

    private const int NewestProtocol = 5;

    /// <summary>Opcodes that a pickle may have, but not this one.</summary>
    private static readonly FrozenDictionary<byte, string> Refused = new Dictionary<byte, string>
    {
        [(byte)'c'] = "GLOBAL", [(byte)'R'] = "REDUCE", [(byte)'b'] = "BUILD", [(byte)'i'] = "INST", [(byte)'o'] = "OBJ",
        [(byte)'P'] = "PERSID", [(byte)'Q'] = "BINPERSID", [0x81] = "NEWOBJ", [0x92] = "NEWOBJ_EX", [0x93] = "STACK_GLOBAL",
        [0x82] = "EXT1", [0x83] = "EXT2", [0x84] = "EXT4", [0x8F] = "EMPTY_SET", [0x90] = "ADDITEMS", [0x91] = "FROZENSET",
        [0x96] = "BYTEARRAY8", [0x97] = "NEXT_BUFFER", [0x98] = "READONLY_BUFFER", [(byte)'B'] = "BINBYTES", [(byte)'C'] = "SHORT_BINBYTES", [0x8E] = "BINBYTES8",
        [(byte)'t'] = "TUPLE", [(byte)')'] = "EMPTY_TUPLE", [0x85] = "TUPLE1", [0x86] = "TUPLE2", [0x87] = "TUPLE3",
        [(byte)'N'] = "NONE", [0x88] = "NEWTRUE", [0x89] = "NEWFALSE", [(byte)'0'] = "POP", [(byte)'1'] = "POP_MARK", [(byte)'2'] = "DUP",
    }.ToFrozenDictionary();

    private readonly ReadOnlySpan<byte> _pickle;
    private readonly List<object> _stack = [];
    private readonly List<int> _marks = [];
    private readonly List<object?> _memo = [];
    private int _position;

    private DataPickle(ReadOnlySpan<byte> pickle) => _pickle = pickle;

    /// <exception cref="InvalidDataException">The message completes "the pickle is refused: ...".</exception>
    public static object Read(ReadOnlySpan<byte> pickle) => new DataPickle(pickle).Run();

    /// <summary>Whether a file that begins with this byte can be a pickle: a protocol, a mark, an empty list or dictionary, or what a hostile one begins with.</summary>
    public static bool CanBeginWith(byte first) => first is 0x80 or (byte)'(' or (byte)']' or (byte)'}' or (byte)'c';

    private object Run()
    {
        for (int opcodes = 0; opcodes < MostOpcodes; opcodes++)
        {
            byte opcode = Take(1)[0];
            if (opcode == '.')
                return Pop();
            Execute(opcode);
        }

        throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"it has more than {MostOpcodes} opcodes"));
    }

    private void Execute(byte opcode)
    {
        switch (opcode)
        {
            case 0x80: CheckProtocol(Take(1)[0]); break;
            case 0x95: Take(8); break; // FRAME: only a hint for buffering
            case (byte)'(': _marks.Add(_stack.Count); break;
            case (byte)'I': Push(Integer(Line())); break;
            case (byte)'L': Push(Integer(Line().TrimEnd('L'))); break;
            case (byte)'K': Push((long)Take(1)[0]); break;
            case (byte)'M': Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2))); break;
            case (byte)'J': Push((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4))); break;
            case 0x8A: Push(Integer(Take(Take(1)[0]))); break;
            case 0x8B: Push(Integer(Take(Length(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))))); break;
            case (byte)'F': Push(Number(Line())); break;
            case (byte)'G': Push(BinaryPrimitives.ReadDoubleBigEndian(Take(8))); break;
            case (byte)'S': Push(PickledText.Quoted(Line())); break;
            case (byte)'V': Push(PickledText.WithCodePoints(Line())); break;
            case (byte)'T': Push(PickledText.OfBytes(Take(Length(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))))); break;
            case (byte)'U': Push(PickledText.OfBytes(Take(Take(1)[0]))); break;
            case (byte)'X': Push(PickledText.OfUtf8(Take(Length(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))))); break;
            case 0x8C: Push(PickledText.OfUtf8(Take(Take(1)[0]))); break;
            case 0x8D: Push(PickledText.OfUtf8(Take(Length(BinaryPrimitives.ReadUInt64LittleEndian(Take(8)))))); break;
            case (byte)']': Push(new List<object>()); break;
            case (byte)'l': Push(new List<object>(PopToMark())); break;
            case (byte)'a': Append(Pop()); break;
            case (byte)'e': Append(PopToMark()); break;
            case (byte)'}': Push(new Dictionary<string, object>(StringComparer.Ordinal)); break;
            case (byte)'d': PushDictionary(PopToMark()); break;
            case (byte)'s': SetItem(value: Pop(), key: Pop()); break;
            case (byte)'u': SetItems(PopToMark()); break;
            case (byte)'p': Memorize(Index(Line())); break;
            case (byte)'q': Memorize(Take(1)[0]); break;
            case (byte)'r': Memorize(Length(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))); break;
            case 0x94: Memorize(_memo.Count); break;
            case (byte)'g': Recall(Index(Line())); break;
            case (byte)'h': Recall(Take(1)[0]); break;
            case (byte)'j': Recall(Length(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))); break;
            default: throw Refuse(opcode);
        }
    }

    private readonly InvalidDataException Refuse(byte opcode) => new(Refused.TryGetValue(opcode, out string? name)
        ? $"opcode {name} at byte {_position - 1}; only lists, dictionaries, texts and numbers are read"
        : $"byte 0x{opcode:X2} at {_position - 1} is no opcode");

    private static void CheckProtocol(byte protocol)
    {
        if (protocol > NewestProtocol)
            throw new InvalidDataException($"protocol {protocol} is not known, those up to {NewestProtocol} are");
    }

    private static long Integer(string digits) => long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
        ? value
        : throw new InvalidDataException("a whole number is malformed or beyond 64 bits");

    private static long Integer(ReadOnlySpan<byte> littleEndian)
    {
        if (littleEndian.Length > sizeof(long))
            throw new InvalidDataException("a whole number is beyond 64 bits");
        if (littleEndian.IsEmpty)
            return 0;
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        bytes.Fill((littleEndian[^1] & 0x80) != 0 ? (byte)0xFF : (byte)0);
        littleEndian.CopyTo(bytes);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }

    private static double Number(string digits) => double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
        ? value
        : throw new InvalidDataException("a number is malformed");

    private static int Index(string digits) => Length((ulong)Math.Max(0, Integer(digits)));

    private static int Length(ulong length) => length <= int.MaxValue ? (int)length : throw new InvalidDataException("a length is beyond the file");

    private readonly void Push(object value) => _stack.Add(value);

    private void PushDictionary(object[] items)
    {
        Push(new Dictionary<string, object>(StringComparer.Ordinal));
        SetItems(items);
    }

    private readonly void Append(params ReadOnlySpan<object> items)
    {
        if (Top() is not List<object> list)
            throw new InvalidDataException("it appends to something that is no list");
        list.AddRange(items);
    }

    private readonly void SetItems(object[] items)
    {
        if (items.Length % 2 != 0)
            throw new InvalidDataException("a value is missing");
        for (int i = 0; i < items.Length; i += 2)
            SetItem(items[i + 1], items[i]);
    }

    private readonly void SetItem(object value, object key)
    {
        if (Top() is not Dictionary<string, object> dictionary)
            throw new InvalidDataException("it sets items of something that is no dictionary");
        dictionary[key as string ?? throw new InvalidDataException("a dictionary has a key that is no text")] = value;
    }

    /// <summary>Python numbers what it stores from 0 or 1 on without gaps, so that no number can ask for memory.</summary>
    private readonly void Memorize(int index)
    {
        if (index > _memo.Count + 1)
            throw new InvalidDataException($"it stores value {index} after {_memo.Count} values");
        while (_memo.Count <= index)
            _memo.Add(null);
        _memo[index] = Top();
    }

    private readonly void Recall(int index) =>
        Push(index < _memo.Count && _memo[index] is { } value ? value : throw new InvalidDataException($"it recalls value {index}, which it never stored"));

    private readonly object Pop()
    {
        // What lies below a mark belongs to the structure that is still being put together there.
        if (_stack.Count - 1 < (_marks.Count == 0 ? 0 : _marks[^1]))
            throw new InvalidDataException("a value is missing");
        object top = _stack[^1];
        _stack.RemoveAt(_stack.Count - 1);
        return top;
    }

    private readonly object[] PopToMark()
    {
        if (_marks.Count == 0)
            throw new InvalidDataException("a mark is missing");
        int mark = _marks[^1];
        _marks.RemoveAt(_marks.Count - 1);
        return PopFrom(mark);
    }

    private readonly object[] PopFrom(int index)
    {
        if (index < (_marks.Count == 0 ? 0 : _marks[^1]) || index > _stack.Count)
            throw new InvalidDataException("a value is missing");
        object[] items = [.. _stack[index..]];
        _stack.RemoveRange(index, items.Length);
        return items;
    }

    private readonly object Top() => _stack.Count > 0 ? _stack[^1] : throw new InvalidDataException("a value is missing");

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _pickle.Length - _position)
            throw new InvalidDataException($"it ends at byte {_pickle.Length}, in the middle of a value");
        ReadOnlySpan<byte> bytes = _pickle.Slice(_position, count);
        _position += count;
        return bytes;
    }

    private string Line()
    {
        int length = _pickle[_position..].IndexOf((byte)'\n');
        if (length < 0)
            throw new InvalidDataException($"it ends at byte {_pickle.Length}, in the middle of a value");
        string line = Encoding.Latin1.GetString(Take(length)).TrimEnd('\r');
        Take(1);
        return line;
    }
}
