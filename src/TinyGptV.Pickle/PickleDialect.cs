using System.Collections.Frozen;
using System.Collections.Immutable;
using static TinyGptV.Pickle.PickleOpcode;

namespace TinyGptV.Pickle;

/// <summary>One use of the format: which opcodes its pickles may have, and what they mean where the machine cannot know.</summary>
public sealed class PickleDialect
{
    /// <summary>Lists, dictionaries, texts and numbers, as protocols 2 to 5 write those of usual size.</summary>
    public static ImmutableArray<PickleOpcode> PlainOpcodes { get; } =
    [
        PROTO, FRAME, MARK, STOP, BININT, BININT1, BININT2, LONG1, BINFLOAT, BINUNICODE, SHORT_BINUNICODE, EMPTY_LIST, APPEND, APPENDS,
        EMPTY_DICT, SETITEM, SETITEMS, BINPUT, LONG_BINPUT, MEMOIZE, BINGET, LONG_BINGET,
    ];

    /// <summary>The opcodes that a pickle may have. Any other one is refused by its name.</summary>
    public required FrozenSet<PickleOpcode> Opcodes { get; init; }

    /// <summary>Ends the refusal of an opcode, for example "only lists are read".</summary>
    public required string Scope { get; init; }

    /// <summary>How many opcodes a pickle may have: each costs at most about a hundred bytes of memory.</summary>
    public required int MostOpcodes { get; init; }

    /// <summary>Makes the dictionaries, which differ in the keys they take.</summary>
    public required Func<IPickleDictionary> NewDictionary { get; init; }

    /// <summary>What names mean. Without it no opcode names or calls anything, whatever <see cref="Opcodes"/> holds.</summary>
    public IPickleNames? Names { get; init; }
}
