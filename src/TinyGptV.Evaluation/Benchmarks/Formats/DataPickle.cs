using System.Collections.Frozen;
using TinyGptV.Pickle;
using static TinyGptV.Pickle.PickleOpcode;

namespace TinyGptV.Evaluation.Benchmarks.Formats;

/// <summary>
/// Reads Python pickles that hold only data: lists, dictionaries with string keys, strings, integers and floating-point numbers,
/// in protocols 0 to 5. Any opcode that could import, construct or call anything else is rejected by name.
/// </summary>
/// <remarks>
/// Values are <see cref="List{T}"/> of object, <see cref="PickledFields"/>, <see cref="string"/>, <see cref="long"/> and <see cref="double"/>.
/// Values can be shared or contain themselves, so callers must not assume a tree.
/// </remarks>
internal static class DataPickle
{
    private static readonly PickleDialect Dialect = new()
    {
        Opcodes = ((PickleOpcode[])
        [
            .. PickleDialect.PlainOpcodes, INT, LONG, LONG4, FLOAT, STRING, BINSTRING, SHORT_BINSTRING, UNICODE, BINUNICODE8, LIST, DICT, PUT, GET,
        ]).ToFrozenSet(),
        Scope = "only lists, dictionaries, strings and numbers are read",
        MostOpcodes = 50_000_000, // the references of RefCOCOg, the largest, have about ten million
        NewDictionary = () => new PickledFields(),
    };

    /// <exception cref="InvalidDataException">The message completes "the pickle is refused: ...".</exception>
    public static object Read(ReadOnlySpan<byte> pickle) => PickleMachine.Read(pickle, Dialect)!; // no opcode of the dialect produces null

    /// <summary>
    /// Whether a pickle can start with this byte: a protocol, a mark, an empty list or dictionary, or the start of a malicious one.
    /// </summary>
    public static bool CanBeginWith(byte first) => first is 0x80 or (byte)'(' or (byte)']' or (byte)'}' or (byte)'c';
}
