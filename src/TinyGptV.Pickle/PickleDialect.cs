using System.Collections.Frozen;
using System.Collections.Immutable;
using static TinyGptV.Pickle.PickleOpcode;

namespace TinyGptV.Pickle;

/// <summary>One use of the format: the allowed opcodes and the meaning of names.</summary>
public sealed class PickleDialect
{
    /// <summary>Lists, dictionaries, strings and numbers of usual size, as protocols 2 to 5 write them.</summary>
    public static ImmutableArray<PickleOpcode> PlainOpcodes { get; } =
    [
        PROTO, FRAME, MARK, STOP, BININT, BININT1, BININT2, LONG1, BINFLOAT, BINUNICODE, SHORT_BINUNICODE, EMPTY_LIST, APPEND, APPENDS,
        EMPTY_DICT, SETITEM, SETITEMS, BINPUT, LONG_BINPUT, MEMOIZE, BINGET, LONG_BINGET,
    ];

    /// <summary>The allowed opcodes. Any other opcode is rejected by its name.</summary>
    public required FrozenSet<PickleOpcode> Opcodes { get; init; }

    /// <summary>The end of the message that rejects an opcode, for example "only lists are allowed".</summary>
    public required string Scope { get; init; }

    /// <summary>Maximum number of opcodes: each costs at most about a hundred bytes of memory.</summary>
    public required int MostOpcodes { get; init; }

    /// <summary>Creates dictionaries; dialects differ in the keys they accept.</summary>
    public required Func<IPickleDictionary> NewDictionary { get; init; }

    /// <summary>The meaning of names. If null, no opcode can name or call anything, even if <see cref="Opcodes"/> allows it.</summary>
    public IPickleNames? Names { get; init; }
}
