using static TinyGptV.Pickle.PickleOpcode;

namespace TinyGptV.Pickle;

/// <summary>
/// Reads Python pickles, protocols 0 to 5. A pickle is a program; here it can only build values, with the opcodes that the
/// <see cref="PickleDialect"/> allows. Time and memory are bounded by its length, there is no recursion, and nothing is called by name.
/// </summary>
/// <remarks>
/// Values are <see cref="List{T}"/> of object, <see cref="PickleTuple"/>, the dictionaries and named values of the dialect,
/// <see cref="string"/>, <see cref="long"/>, <see cref="double"/>, <see cref="bool"/> and null.
/// A value can be shared or even contain itself, so do not assume a tree when traversing it.
/// </remarks>
public ref struct PickleMachine
{
    private const int FirstNumberedProtocol = 2;
    private const int NewestProtocol = 5;

    private readonly PickleDialect _dialect;
    private readonly PickleStack _stack = new();
    private readonly PickleMemo _memo = new();
    private PickleInput _input;

    private PickleMachine(ReadOnlySpan<byte> pickle, PickleDialect dialect)
    {
        _input = new PickleInput(pickle);
        _dialect = dialect;
    }

    /// <summary>Reads the value of a pickle.</summary>
    /// <exception cref="InvalidDataException">The message completes "the pickle is refused: ...".</exception>
    public static object? Read(ReadOnlySpan<byte> pickle, PickleDialect dialect) => new PickleMachine(pickle, dialect).Run();

    private object? Run()
    {
        for (int opcodes = 0; opcodes < _dialect.MostOpcodes; opcodes++)
        {
            var opcode = (PickleOpcode)_input.Byte();
            if (!_dialect.Opcodes.Contains(opcode))
                throw Refuse(opcode);
            if (opcode == STOP)
                return _stack.Pop();
            Execute(opcode);
        }

        throw new InvalidDataException($"it has more than {_dialect.MostOpcodes} opcodes");
    }

    private void Execute(PickleOpcode opcode)
    {
#pragma warning disable IDE0055 // A table is easiest to read with one opcode per line.
        switch (opcode)
        {
            case PROTO: CheckProtocol(_input.Byte()); break;
            case FRAME: _input.Take(8); break; // only a hint for buffering
            case MARK: _stack.Mark(); break;
            case APPEND: Append(_stack.Pop(1)); break;
            case APPENDS: Append(_stack.PopToMark()); break;
            case SETITEM: SetItems(_stack.Pop(2)); break;
            case SETITEMS: SetItems(_stack.PopToMark()); break;
            case PUT: _memo.Store(PickleNumber.OfDigits(_input.Line()), _stack.Top); break;
            case BINPUT: _memo.Store(_input.Byte(), _stack.Top); break;
            case LONG_BINPUT: _memo.Store(_input.UInt32(), _stack.Top); break;
            case MEMOIZE: _memo.Store(_stack.Top); break;
            case BUILD: Build(); break;
            default: _stack.Push(ValueOf(opcode)); break;
        }
#pragma warning restore IDE0055
    }

    private object? ValueOf(PickleOpcode opcode) => opcode switch
    {
        NONE => null,
        NEWTRUE => true,
        NEWFALSE => false,
        INT => PickleNumber.OfDigits(_input.Line()),
        LONG => PickleNumber.OfDigits(_input.Line().TrimEnd('L')),
        BININT1 => (long)_input.Byte(),
        BININT2 => (long)_input.UInt16(),
        BININT => (long)_input.Int32(),
        LONG1 => PickleNumber.OfBytes(_input.Take(_input.Byte())),
        LONG4 => PickleNumber.OfBytes(_input.Take(_input.UInt32())),
        FLOAT => PickleNumber.FloatOf(_input.Line()),
        BINFLOAT => _input.Double(),
        STRING => PickleText.Quoted(_input.Line()),
        SHORT_BINSTRING => PickleText.OfBytes(_input.Take(_input.Byte())),
        BINSTRING => PickleText.OfBytes(_input.Take(_input.UInt32())),
        UNICODE => PickleText.WithCodePoints(_input.Line()),
        SHORT_BINUNICODE => PickleText.OfUtf8(_input.Take(_input.Byte())),
        BINUNICODE => PickleText.OfUtf8(_input.Take(_input.UInt32())),
        BINUNICODE8 => PickleText.OfUtf8(_input.Take(_input.UInt64())),
        EMPTY_LIST => new List<object?>(),
        LIST => new List<object?>(_stack.PopToMark()),
        EMPTY_DICT => _dialect.NewDictionary(),
        DICT => Dictionary(_stack.PopToMark()),
        EMPTY_TUPLE => new PickleTuple([]),
        TUPLE => new PickleTuple(_stack.PopToMark()),
        TUPLE1 => new PickleTuple(_stack.Pop(1)),
        TUPLE2 => new PickleTuple(_stack.Pop(2)),
        TUPLE3 => new PickleTuple(_stack.Pop(3)),
        GET => _memo.Recall(PickleNumber.OfDigits(_input.Line())),
        BINGET => _memo.Recall(_input.Byte()),
        LONG_BINGET => _memo.Recall(_input.UInt32()),
        _ => NamedValueOf(opcode, _dialect.Names ?? throw Refuse(opcode)),
    };

    private object NamedValueOf(PickleOpcode opcode, IPickleNames names) => opcode switch
    {
        GLOBAL => names.Global(_input.Line(), _input.Line()),
        STACK_GLOBAL => _stack.Pop(2) is [string module, string name]
            ? names.Global(module, name)
            : throw new InvalidDataException("a name is not a string"),
        INST => names.Call(names.Global(_input.Line(), _input.Line()), new PickleTuple(_stack.PopToMark())),
        REDUCE => names.Call(arguments: _stack.Pop(), function: _stack.Pop()), // in stack order: the arguments are on top
        BINPERSID => names.Persistent(_stack.Pop()),
        _ => throw Refuse(opcode),
    };

    private readonly InvalidDataException Refuse(PickleOpcode opcode) => new(Enum.IsDefined(opcode)
        ? $"opcode {opcode} at byte {_input.Position - 1}; {_dialect.Scope}"
        : $"byte 0x{(byte)opcode:X2} at {_input.Position - 1} is not an opcode");

    private static void CheckProtocol(byte protocol)
    {
        if (protocol > NewestProtocol)
            throw new InvalidDataException($"protocol {protocol} is not supported; the newest supported is {NewestProtocol}");
        if (protocol < FirstNumberedProtocol)
            throw new InvalidDataException($"protocol {protocol} has no opcode PROTO");
    }

    private readonly IPickleDictionary Dictionary(object?[] items)
    {
        IPickleDictionary dictionary = _dialect.NewDictionary();
        SetItems(dictionary, items);
        return dictionary;
    }

    private readonly void Append(object?[] items)
    {
        if (_stack.Top is not List<object?> list)
            throw new InvalidDataException("it appends to something that is not a list");
        list.AddRange(items);
    }

    private readonly void SetItems(object?[] items) =>
        SetItems(_stack.Top as IPickleDictionary ?? throw new InvalidDataException("it sets items of something that is not a dictionary"), items);

    private static void SetItems(IPickleDictionary dictionary, object?[] items)
    {
        if (items.Length % 2 != 0)
            throw new InvalidDataException("a value is missing");
        for (int i = 0; i < items.Length; i += 2)
            dictionary.Set(items[i], items[i + 1]);
    }

    private readonly void Build()
    {
        IPickleNames names = _dialect.Names ?? throw Refuse(BUILD);
        _stack.Pop(); // the attributes
        names.Build(_stack.Top);
    }
}
