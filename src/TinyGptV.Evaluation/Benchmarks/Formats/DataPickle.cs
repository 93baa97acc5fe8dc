using System.Collections.Frozen;
using TinyGptV.Pickle;
using static TinyGptV.Pickle.PickleOpcode;

namespace TinyGptV.Evaluation.Benchmarks.Formats;

/// <summary>
/// Reads Python pickles that hold nothing but data: lists, dictionaries with texts as keys, texts, whole numbers and floating-point numbers,
/// in protocols 0 to 5. Every opcode that could name, make or call anything else is refused by its name.
/// </summary>
/// <remarks>
/// Values are <see cref="List{T}"/> of object, <see cref="PickledFields"/>, <see cref="string"/>, <see cref="long"/> and <see cref="double"/>.
/// A value can be shared, or even contain itself: whoever walks through it must not expect a tree.
/// </remarks>
internal static class DataPickle
{
    private static readonly PickleDialect Dialect = new()
    {
        Opcodes = ((PickleOpcode[])
        [
            .. PickleDialect.PlainOpcodes, INT, LONG, LONG4, FLOAT, STRING, BINSTRING, SHORT_BINSTRING, UNICODE, BINUNICODE8, LIST, DICT, PUT, GET,
        ]).ToFrozenSet(),
        Scope = "only lists, dictionaries, texts and numbers are read",
        MostOpcodes = 50_000_000, // the references of RefCOCOg, the largest of their kind, have some ten million
        NewDictionary = () => new PickledFields(),
    };

    /// <exception cref="InvalidDataException">The message completes "the pickle is refused: ...".</exception>
    public static object Read(ReadOnlySpan<byte> pickle) => PickleMachine.Read(pickle, Dialect)!; // no opcode of the dialect makes null

    /// <summary>
    /// Whether a file that begins with this byte can be a pickle: a protocol, a mark, an empty list or dictionary, or what a hostile one begins with.
    /// </summary>
    public static bool CanBeginWith(byte first) => first is 0x80 or (byte)'(' or (byte)']' or (byte)'}' or (byte)'c';
}
