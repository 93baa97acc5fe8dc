using System.Text;
using CsCheck;

namespace TinyGptV.Pickle.Tests;

public sealed class PickleMachineTests
{
    /// <summary>The same value as written by Python 3 in protocols 0, 1, 2, 4 and 5 (3 equals 2 except for its number).</summary>
    public static readonly TheoryData<string> OnePickleOfEachProtocol =
    [
        "KGRwMApWdGV4dApwMQpWY2Fm6SBcdTI3MTMKcDIKc1ZudW1iZXJzCnAzCihscDQKSTAKYUkyNTUKYUk2NTUzNQphSS0xCmFMMTA5OTUxMTYyNzc3NkwKYUwtOTIyMzM3MjAzNjg1NDc3"
            + "NTgwOEwKYXNWdHdpY2UKcDUKKGxwNgoobHA3ClZ4CnA4CmFGMS41CmFhZzcKYXNWZW1wdHkKcDkKKGxwMTAKKGRwMTEKYShscDEyCmFzVmZsYWdzCnAxMwoobHAxNApJMDEKYUkwMAph"
            + "TmFzVnR1cGxlcwpwMTUKKGxwMTYKKHRhKEkxCnRwMTcKYShJMQpJMgp0cDE4CmEoSTEKSTIKSTMKdHAxOQphKEkxCkkyCkkzCkk0CnRwMjAKYXMu",
        "fXEAKFgEAAAAdGV4dHEBWAkAAABjYWbDqSDinJNxAlgHAAAAbnVtYmVyc3EDXXEEKEsAS/9N//9K/////0wxMDk5NTExNjI3Nzc2TApMLTkyMjMzNzIwMzY4NTQ3NzU4MDhMCmVYBQAA"
            + "AHR3aWNlcQVdcQYoXXEHKFgBAAAAeHEIRz/4AAAAAAAAZWgHZVgFAAAAZW1wdHlxCV1xCih9cQtdcQxlWAUAAABmbGFnc3ENXXEOKEkwMQpJMDAKTmVYBgAAAHR1cGxlc3EPXXEQKCko"
            + "SwF0cREoSwFLAnRxEihLAUsCSwN0cRMoSwFLAksDSwR0cRRldS4=",
        "gAJ9cQAoWAQAAAB0ZXh0cQFYCQAAAGNhZsOpIOKck3ECWAcAAABudW1iZXJzcQNdcQQoSwBL/03//0r/////igYAAAAAAAGKCAAAAAAAAACAZVgFAAAAdHdpY2VxBV1xBihdcQcoWAEA"
            + "AAB4cQhHP/gAAAAAAABlaAdlWAUAAABlbXB0eXEJXXEKKH1xC11xDGVYBQAAAGZsYWdzcQ1dcQ4oiIlOZVgGAAAAdHVwbGVzcQ9dcRAoKUsBhXERSwFLAoZxEksBSwJLA4dxEyhLAUsC"
            + "SwNLBHRxFGV1Lg==",
        "gASVrQAAAAAAAAB9lCiMBHRleHSUjAljYWbDqSDinJOUjAdudW1iZXJzlF2UKEsAS/9N//9K/////4oGAAAAAAABiggAAAAAAAAAgGWMBXR3aWNllF2UKF2UKIwBeJRHP/gAAAAAAABl"
            + "aAdljAVlbXB0eZRdlCh9lF2UZYwFZmxhZ3OUXZQoiIlOZYwGdHVwbGVzlF2UKClLAYWUSwFLAoaUSwFLAksDh5QoSwFLAksDSwR0lGV1Lg==",
        "gAWVrQAAAAAAAAB9lCiMBHRleHSUjAljYWbDqSDinJOUjAdudW1iZXJzlF2UKEsAS/9N//9K/////4oGAAAAAAABiggAAAAAAAAAgGWMBXR3aWNllF2UKF2UKIwBeJRHP/gAAAAAAABl"
            + "aAdljAVlbXB0eZRdlCh9lF2UZYwFZmxhZ3OUXZQoiIlOZYwGdHVwbGVzlF2UKClLAYWUSwFLAoaUSwFLAksDh5QoSwFLAksDSwR0lGV1Lg==",
    ];

    [Theory]
    [MemberData(nameof(OnePickleOfEachProtocol))]
    public void Read_AnyProtocol_GivesTheValue(string pickle)
    {
        var value = Assert.IsType<Dialects.Fields>(Read(Convert.FromBase64String(pickle)));

        Assert.Equal("caf\u00e9 \u2713", value["text"]);
        Assert.Equal([0L, 255L, 65535L, -1L, 1L << 40, long.MinValue], Items(value["numbers"]));
        List<object?> twice = Items(value["twice"]);
        Assert.Same(twice[0], twice[1]);
        Assert.Equal(["x", 1.5], Items(twice[0]));
        Assert.Empty(Assert.IsType<Dialects.Fields>(Items(value["empty"])[0]));
        Assert.Empty(Items(Items(value["empty"])[1]));
        Assert.Equal(["()", "(1)", "(1, 2)", "(1, 2, 3)", "(1, 2, 3, 4)"],
            Items(value["tuples"]).Select(tuple => $"({string.Join(", ", Assert.IsType<PickleTuple>(tuple).Items)})"));
        Assert.True(Items(value["flags"]) is [true, false, null] or [1L, 0L, null]); // protocols 0 and 1 write flags as numbers
    }

    [Theory]
    [MemberData(nameof(OnePickleOfEachProtocol))]
    public void Read_CutOffAnywhere_IsRefused(string pickle)
    {
        byte[] whole = Convert.FromBase64String(pickle);

        for (int length = 0; length < whole.Length; length++)
            Assert.Equal($"it ends at byte {length}, in the middle of a value", Refusal(whole[..length]));
    }

    [Fact]
    public void Read_OpcodeOutsideTheDialect_IsRefusedByName()
    {
        PickleDialect nothing = Dialects.Of(null);

        for (int code = 0; code <= byte.MaxValue; code++)
        {
            var opcode = (PickleOpcode)code;
            string expected = Enum.IsDefined(opcode) ? $"opcode {opcode} at byte 0; the rest is silence" : $"byte 0x{code:X2} at 0 is not an opcode";
            Assert.Equal(expected, Refusal([(byte)code, 0, 0, 0, 0, 0, 0, 0, 0], nothing));
        }
    }

    [Theory]
    [InlineData("]0.", "POP")]
    [InlineData("]1.", "POP_MARK")]
    [InlineData("]2.", "DUP")]
    [InlineData("(]o.", "OBJ")]
    [InlineData("]]\u0081.", "NEWOBJ")]
    [InlineData("]]]\u0092.", "NEWOBJ_EX")]
    [InlineData("\u0082\u0001.", "EXT1")]
    [InlineData("Pid\n.", "PERSID")]
    [InlineData("C\u0001x.", "SHORT_BINBYTES")]
    [InlineData("\u0097.", "NEXT_BUFFER")]
    [InlineData("\u008f.", "EMPTY_SET")]
    public void Read_OpcodeThatTheMachineLacks_IsRefusedWhateverTheDialectAllows(string pickle, string name) =>
        Assert.StartsWith($"opcode {name} at byte", Refusal(pickle), StringComparison.Ordinal);

    [Theory]
    [InlineData("cos\nsystem\n.", "GLOBAL")]
    [InlineData("(ios\nsystem\n.", "INST")]
    [InlineData("\u008c\u0002os\u008c\u0006system\u0093.", "STACK_GLOBAL")]
    [InlineData("])R.", "REDUCE")]
    [InlineData("]Q.", "BINPERSID")]
    [InlineData("})b.", "BUILD")]
    public void Read_NamesInADialectWithoutNames_AreRefused(string pickle, string name) =>
        Assert.StartsWith($"opcode {name} at byte", Refusal(Encoding.Latin1.GetBytes(pickle), Dialects.EverythingButNames), StringComparison.Ordinal);

    [Theory]
    [InlineData("cos\nsystem\n.", "os.system")]
    [InlineData("\u008c\u0002os\u008c\u0006system\u0093.", "os.system")]
    [InlineData("cos\nsystem\n(I1\nI2\ntR.", "os.system(1, 2)")]
    [InlineData("(I1\nI2\nios\nsystem\n.", "os.system(1, 2)")]
    [InlineData("I7\nQ.", "#7")]
    public void Read_Names_MeanWhatTheDialectSays(string pickle, string expected) => Assert.Equal(expected, Read(pickle));

    [Fact]
    public void Read_Attributes_AreDroppedIfTheDialectAllowsThem()
    {
        Assert.IsType<Dialects.Fields>(Read("}]b."));
        Assert.Equal("no dictionary", Refusal("]]b."));
    }

    [Theory]
    [InlineData("(p0\n.")]
    [InlineData("](p0\n.")]
    [InlineData("](.")]
    [InlineData("](\u0094.")]
    [InlineData("](a.")]
    [InlineData("](]a.")]
    [InlineData("}](s.")]
    [InlineData("](\u0085.")]
    [InlineData("](]\u0086.")]
    [InlineData("}(]b.")]
    public void Read_ValueBelowAMark_IsOutOfReach(string pickle) => Assert.Equal("a value is missing", Refusal(pickle));

    [Theory]
    [InlineData("]e.", "a mark is missing")]
    [InlineData("t.", "a mark is missing")]
    [InlineData("(]a.", "a value is missing")]
    [InlineData("}(I1\nu.", "a value is missing")]
    [InlineData("(I1\nd.", "a value is missing")]
    [InlineData("}(e.", "it appends to something that is not a list")]
    [InlineData("](u.", "it sets items of something that is not a dictionary")]
    [InlineData("I1\nI2\n\u0093.", "a name is not a string")]
    [InlineData("\u0080\u0006].", "protocol 6 is not supported; the newest supported is 5")]
    [InlineData("\u0080\u0001].", "protocol 1 has no opcode PROTO")]
    [InlineData("\u0095\u0001\0\0", "it ends at byte 4, in the middle of a value")]
    [InlineData("\u008a\u0009123456789.", "an integer exceeds 64 bits")]
    [InlineData("\u008b\u00ff\u00ff\u00ff\u00ff1.", "a length exceeds the file")]
    [InlineData("L9223372036854775808L\n.", "an integer is malformed or exceeds 64 bits")]
    [InlineData("F1,5\n.", "a float is malformed")]
    [InlineData("X\u0001\0\0\0\u00e9.", "a string is not UTF-8")]
    [InlineData("\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff.", "a length exceeds the file")]
    public void Read_DamagedPickle_IsRefused(string pickle, string expected) => Assert.Equal(expected, Refusal(pickle));

    [Theory]
    [InlineData("]p0\n", "g0\n")]
    [InlineData("]p1\n", "g1\n")]
    [InlineData("]q\0", "h\0")]
    [InlineData("]q\u0001", "h\u0001")]
    [InlineData("]r\u0001\0\0\0", "j\u0001\0\0\0")]
    [InlineData("]\u0094", "h\0")]
    [InlineData("]q\0q\u0001q\0", "h\u0001")]
    public void Read_StoredValue_IsRecalled(string store, string recall)
    {
        PickleTuple pair = Assert.IsType<PickleTuple>(Read($"{store}{recall}\u0086."));

        Assert.Same(pair.Items[0], pair.Items[1]);
    }

    [Theory]
    [InlineData("]p-1\n.", "it stores memo entry -1 after 0 entries")]
    [InlineData("]p2\n.", "it stores memo entry 2 after 0 entries")]
    [InlineData("]q\0q\u0002.", "it stores memo entry 2 after 1 entries")]
    [InlineData("]r\u00ff\u00ff\u00ff\u00ff.", "it stores memo entry 4294967295 after 0 entries")]
    [InlineData("]p9223372036854775807\n.", "it stores memo entry 9223372036854775807 after 0 entries")]
    [InlineData("]q\u0001h\0.", "it reads memo entry 0, which was never stored")]
    [InlineData("g-1\n.", "it reads memo entry -1, which was never stored")]
    [InlineData("]q\0j\u00ff\u00ff\u00ff\u00ff.", "it reads memo entry 4294967295, which was never stored")]
    public void Read_NumberOfNoStoredValue_IsRefused(string pickle, string expected) => Assert.Equal(expected, Refusal(pickle));

    [Fact]
    public void Read_ListThatHoldsItself_IsThatList()
    {
        List<object?> list = Items(Read("]q\0h\0a."));

        Assert.Same(list, Assert.Single(list));
    }

    [Fact]
    public void Read_ListsWithinLists_NeedNoStack()
    {
        const int depth = 400_000;

        object? value = Read($"{new string(']', depth)}{new string('a', depth - 1)}.");

        int found = 0;
        for (; value is List<object?> list; found++)
            value = list.SingleOrDefault();
        Assert.Equal(depth, found);
    }

    [Fact]
    public void Read_OpcodesUpToTheLimit_AreRead()
    {
        Assert.Null(Read(new string('N', 999_999) + "."));
        Assert.Equal("it has more than 1000000 opcodes", Refusal(new string('N', 1_000_000) + "."));
    }

    [Fact]
    public void Read_AnyBytes_GiveAValueOrARefusalInMemoryBoundedByTheirLength()
    {
        string[] instructions =
        [
            "]", "]", "}", "}", ")", "(", "(", "N", "K\u0005", "U\u0001a", "I12\n", "S'b'\n", "\u0094", "h\0", "h\u0001", "q\0", "g2\n",
            "a", "e", "s", "u", "l", "d", "t", "\u0085", "\u0086", "\u0087",
        ];
        Gen<string> instruction = Gen.Int[0, instructions.Length - 1].Select(i => instructions[i]);
        Gen<string> anything = Gen.Byte.Select(code => ((char)code).ToString());

        Gen.Frequency((60, instruction), (1, anything)).Array[1, 300].Sample(pieces =>
        {
            byte[] pickle = Encoding.Latin1.GetBytes(string.Concat(pieces) + ".");
            long before = GC.GetAllocatedBytesForCurrentThread();
            _ = ReadOrRefuse(pickle);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 30_000 + 1_000 * pickle.Length);
        }, iter: 20_000);
    }

    private static object? ReadOrRefuse(byte[] pickle)
    {
        try
        {
            return PickleMachine.Read(pickle, Dialects.EverythingButNames);
        }
        catch (InvalidDataException refusal)
        {
            return refusal.Message;
        }
    }

    private static List<object?> Items(object? value) => Assert.IsType<List<object?>>(value);

    private static object? Read(string pickle) => Read(Encoding.Latin1.GetBytes(pickle));

    private static object? Read(byte[] pickle) => PickleMachine.Read(pickle, Dialects.Everything);

    private static string Refusal(string pickle) => Refusal(Encoding.Latin1.GetBytes(pickle));

    private static string Refusal(byte[] pickle) => Refusal(pickle, Dialects.Everything);

    private static string Refusal(byte[] pickle, PickleDialect dialect) =>
        Assert.Throws<InvalidDataException>(() => PickleMachine.Read(pickle, dialect)).Message;
}
