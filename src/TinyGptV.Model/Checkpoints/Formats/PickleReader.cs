using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace TinyGptV.Model.Checkpoints.Formats;

/// <summary>
/// Reads the opcodes that torch.save writes (pickle protocols 2 to 5) and no others. A pickle is a program; here it can only put values together:
/// time and memory are bounded by its length, recursion does not occur, and names mean what <see cref="TorchPickle"/> says or are refused.
/// </summary>
/// <remarks>Everything wrong with the bytes is an <see cref="InvalidDataException"/> whose message completes "the pickle is refused: ...".</remarks>
internal ref struct PickleReader
{
    /// <summary>The largest real one has some 60 thousand. Each costs at most about a hundred bytes of memory.</summary>
    private const int MostOpcodes = 2_000_000;

    private readonly ReadOnlySpan<byte> _pickle;
    private readonly List<object?> _stack = [];
    private readonly List<int> _marks = [];
    private readonly Dictionary<uint, object?> _memo = [];
    private int _position;

    private PickleReader(ReadOnlySpan<byte> pickle) => _pickle = pickle;

    public static object? Read(ReadOnlySpan<byte> pickle) => new PickleReader(pickle).Run();

    private object? Run()
    {
        for (int opcodes = 0; opcodes < MostOpcodes; opcodes++)
        {
            byte opcode = Take(1)[0];
            if (opcode == '.') return Pop();
            Execute(opcode);
        }

        throw new InvalidDataException($"it has more than {MostOpcodes} opcodes");
    }

    private void Execute(byte opcode)
    {
        switch (opcode)
        {
            case 0x80: CheckProtocol(Take(1)[0]); break;
            case 0x95: Take(8); break; // FRAME: only a hint for buffering
            case (byte)'N': Push(null); break;
            case 0x88: Push(true); break;
            case 0x89: Push(false); break;
            case (byte)'K': Push((long)Take(1)[0]); break;
            case (byte)'M': Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2))); break;
            case (byte)'J': Push((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4))); break;
            case 0x8A: Push(Integer(Take(Take(1)[0]))); break;
            case (byte)'G': Push(BinaryPrimitives.ReadDoubleBigEndian(Take(8))); break;
            case (byte)'X': Push(Text(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))); break;
            case 0x8C: Push(Text(Take(1)[0])); break;
            case (byte)'(': _marks.Add(_stack.Count); break;
            case (byte)'}': Push(new PickleDictionary()); break;
            case (byte)']': Push(new PickleList([])); break;
            case (byte)')': Push(new PickleTuple([])); break;
            case (byte)'t': Push(new PickleTuple(PopToMark())); break;
            case 0x85: Push(new PickleTuple(Pop(1))); break;
            case 0x86: Push(new PickleTuple(Pop(2))); break;
            case 0x87: Push(new PickleTuple(Pop(3))); break;
            case (byte)'a': Append(Pop(1)); break;
            case (byte)'e': Append(PopToMark()); break;
            case (byte)'s': SetItems(Pop(2)); break;
            case (byte)'u': SetItems(PopToMark()); break;
            case (byte)'q': _memo[Take(1)[0]] = Top(); break;
            case (byte)'r': _memo[BinaryPrimitives.ReadUInt32LittleEndian(Take(4))] = Top(); break;
            case 0x94: _memo[(uint)_memo.Count] = Top(); break;
            case (byte)'h': Recall(Take(1)[0]); break;
            case (byte)'j': Recall(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))); break;
            case (byte)'c' or (byte)'i': Push(TorchPickle.Global(Line(), Line())); break; // 'i' (INST) fails at the next step if its name does not
            case 0x93: StackGlobal(); break;
            case (byte)'Q': Push(TorchPickle.Storage(Pop())); break;
            case (byte)'R': Reduce(); break;
            case (byte)'b': Build(); break;
            default: throw new InvalidDataException($"opcode 0x{opcode:X2} at byte {_position - 1} is not one that torch.save writes");
        }
    }

    private static void CheckProtocol(byte protocol)
    {
        if (protocol is < 2 or > 5) throw new InvalidDataException($"protocol {protocol} is not known, 2 to 5 are");
    }

    private static object Integer(ReadOnlySpan<byte> bytes)
    {
        var value = new BigInteger(bytes);
        return value >= long.MinValue && value <= long.MaxValue ? (object)(long)value : value;
    }

    private void StackGlobal()
    {
        if (Pop(2) is not [string module, string name]) throw new InvalidDataException("a name is no text");
        Push(TorchPickle.Global(module, name));
    }

    private void Reduce()
    {
        object?[] call = Pop(2);
        Push(TorchPickle.Reduce(call[0], call[1]));
    }

    private void Build()
    {
        Pop();
        TorchPickle.Build(Top());
    }

    private void Append(object?[] items)
    {
        if (Top() is not PickleList list) throw new InvalidDataException("it appends to something that is no list");
        list.Items.AddRange(items);
    }

    private void SetItems(object?[] items)
    {
        if (Top() is not PickleDictionary dictionary || items.Length % 2 != 0)
            throw new InvalidDataException("it sets items of something that is no dictionary");
        for (int i = 0; i < items.Length; i += 2) dictionary.Entries.Add(new(items[i], items[i + 1]));
    }

    private void Recall(uint index) =>
        Push(_memo.TryGetValue(index, out object? value) ? value : throw new InvalidDataException($"it recalls value {index}, which it never stored"));

    private void Push(object? value) => _stack.Add(value);

    private object? Pop() => Pop(1)[0];

    private object?[] Pop(int count) => PopFrom(_stack.Count - count);

    private object?[] PopToMark()
    {
        if (_marks.Count == 0) throw new InvalidDataException("a mark is missing");
        int mark = _marks[^1];
        _marks.RemoveAt(_marks.Count - 1);
        return PopFrom(mark);
    }

    private object?[] PopFrom(int index)
    {
        // What lies below a mark belongs to the structure that is still being put together there.
        if (index < (_marks.Count == 0 ? 0 : _marks[^1]) || index > _stack.Count) throw new InvalidDataException("a value is missing");
        object?[] items = [.. _stack[index..]];
        _stack.RemoveRange(index, items.Length);
        return items;
    }

    private object? Top() => _stack.Count > 0 ? _stack[^1] : throw new InvalidDataException("a value is missing");

    private string Text(uint length) => Encoding.UTF8.GetString(Take(length));

    private string Line()
    {
        int length = _pickle[_position..].IndexOf((byte)'\n');
        if (length < 0) throw new InvalidDataException("it ends within a name");
        string line = Encoding.UTF8.GetString(Take((uint)length));
        _position++;
        return line;
    }

    private ReadOnlySpan<byte> Take(uint count)
    {
        if (count > _pickle.Length - _position) throw new InvalidDataException($"it ends at byte {_pickle.Length} in the middle of a value");
        ReadOnlySpan<byte> bytes = _pickle.Slice(_position, (int)count);
        _position += (int)count;
        return bytes;
    }
}
