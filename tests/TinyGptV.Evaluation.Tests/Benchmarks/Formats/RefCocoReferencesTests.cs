using System.Collections.Immutable;
using System.Text;
using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Evaluation.Tests.Benchmarks.Formats;

public sealed class RefCocoReferencesTests
{
    private const string Instances = """
        {"info": {}, "images": [{"id": 900001, "file_name": "COCO_train2014_000000900001.jpg", "height": 480, "width": 640}, {"id": 900002, "file_name": "COCO_train2014_000000900002.jpg", "height": 480, "width": 640}],
         "annotations": [{"id": 900100581509, "image_id": 900002, "bbox": [0, 0, 30, 30]}, {"id": 7, "image_id": 1, "bbox": "unread"}, {"id": 1900001, "image_id": 900001, "bbox": [10.5, 20.0, 100.0, 200.0]}],
         "categories": []}
        """;

    /// <summary>Protocol 0 as written by Python 2: quoted byte strings, long integers with an L.</summary>
    private const string FirstReference =
        "(dp1\nS'split'\np2\nS'testA'\np3\nsS'ann_id'\np4\nL1900001L\nsS'image_id'\np5\nI900001\nsS'sentences'\np6\n(lp7\n(dp8\nS'sent_id'\np9\nI1\nsS'sent'\np10\n";

    // Written by Python 3 in protocols 0, 1, 2 and 4: two references, of testA and testB.
    [Theory]
    [InlineData("KGxwMAooZHAxClZyZWZfaWQKcDIKSTkwMDAxCnNWYW5uX2lkCnAzCkkxOTAwMDAxCnNWZmlsZV9uYW1lCnA0ClZDT0NPX3RyYWluMjAxNF8wMDAwMDA5MDAwMDFfNC5qcGcKcDUKc1ZpbWFnZV9pZApwNgpJOTAwMDAxCnNWc3BsaXQKcDcKVnRlc3RBCnA4CnNWc2VudF9pZHMKcDkKKGxwMTAKSTEKYUkyCmFzVnNlbnRlbmNlcwpwMTEKKGxwMTIKKGRwMTMKVnNlbnRfaWQKcDE0CkkxCnNWdG9rZW5zCnAxNQoobHAxNgpWbGVmdApwMTcKYVZtYW4KcDE4CmFzVnJhdwpwMTkKVkxlZnQgbWFuCnAyMApzVnNlbnQKcDIxClZsZWZ0IG1hbgpwMjIKc2EoZHAyMwpnMTQKSTIKc2cxNQoobHAyNApnMTgKYVZpbgpwMjUKYVZyZWQKcDI2CmFzZzE5ClZtYW4gaW4gcmVkCnAyNwpzZzIxClZjYWbpIFx1MjcxMyAnbWFuJwpwMjgKc2FzYShkcDI5CmcyCkk5MDAwMgpzZzMKTDkwMDEwMDU4MTUwOUwKc2c2Ckk5MDAwMDIKc2c3ClZ0ZXN0QgpwMzAKc2cxMQoobHAzMQooZHAzMgpnMTQKSTMKc2cxOQpWYmx1ZSBjaGFpcgpwMzMKc2cyMQpnMzMKc2FzYS4=")]
    [InlineData("XXEAKH1xAShYBgAAAHJlZl9pZHECSpFfAQBYBgAAAGFubl9pZHEDSuH9HABYCQAAAGZpbGVfbmFtZXEEWCEAAABDT0NPX3RyYWluMjAxNF8wMDAwMDA5MDAwMDFfNC5qcGdxBVgIAAAAaW1hZ2VfaWRxBkqhuw0AWAUAAABzcGxpdHEHWAUAAAB0ZXN0QXEIWAgAAABzZW50X2lkc3EJXXEKKEsBSwJlWAkAAABzZW50ZW5jZXNxC11xDCh9cQ0oWAcAAABzZW50X2lkcQ5LAVgGAAAAdG9rZW5zcQ9dcRAoWAQAAABsZWZ0cRFYAwAAAG1hbnESZVgDAAAAcmF3cRNYCAAAAExlZnQgbWFucRRYBAAAAHNlbnRxFVgIAAAAbGVmdCBtYW5xFnV9cRcoaA5LAmgPXXEYKGgSWAIAAABpbnEZWAMAAAByZWRxGmVoE1gKAAAAbWFuIGluIHJlZHEbaBVYDwAAAGNhZsOpIOKckyAnbWFuJ3EcdWV1fXEdKGgCSpJfAQBoA0w5MDAxMDA1ODE1MDlMCmgGSqK7DQBoB1gFAAAAdGVzdEJxHmgLXXEffXEgKGgOSwNoE1gKAAAAYmx1ZSBjaGFpcnEhaBVoIXVhdWUu")]
    [InlineData("gAJdcQAofXEBKFgGAAAAcmVmX2lkcQJKkV8BAFgGAAAAYW5uX2lkcQNK4f0cAFgJAAAAZmlsZV9uYW1lcQRYIQAAAENPQ09fdHJhaW4yMDE0XzAwMDAwMDkwMDAwMV80LmpwZ3EFWAgAAABpbWFnZV9pZHEGSqG7DQBYBQAAAHNwbGl0cQdYBQAAAHRlc3RBcQhYCAAAAHNlbnRfaWRzcQldcQooSwFLAmVYCQAAAHNlbnRlbmNlc3ELXXEMKH1xDShYBwAAAHNlbnRfaWRxDksBWAYAAAB0b2tlbnNxD11xEChYBAAAAGxlZnRxEVgDAAAAbWFucRJlWAMAAAByYXdxE1gIAAAATGVmdCBtYW5xFFgEAAAAc2VudHEVWAgAAABsZWZ0IG1hbnEWdX1xFyhoDksCaA9dcRgoaBJYAgAAAGlucRlYAwAAAHJlZHEaZWgTWAoAAABtYW4gaW4gcmVkcRtoFVgPAAAAY2Fmw6kg4pyTICdtYW4ncRx1ZXV9cR0oaAJKkl8BAGgDigaF6CyS0QBoBkqiuw0AaAdYBQAAAHRlc3RCcR5oC11xH31xIChoDksDaBNYCgAAAGJsdWUgY2hhaXJxIWgVaCF1YXVlLg==")]
    [InlineData("gASVaQEAAAAAAABdlCh9lCiMBnJlZl9pZJRKkV8BAIwGYW5uX2lklErh/RwAjAlmaWxlX25hbWWUjCFDT0NPX3RyYWluMjAxNF8wMDAwMDA5MDAwMDFfNC5qcGeUjAhpbWFnZV9pZJRKobsNAIwFc3BsaXSUjAV0ZXN0QZSMCHNlbnRfaWRzlF2UKEsBSwJljAlzZW50ZW5jZXOUXZQofZQojAdzZW50X2lklEsBjAZ0b2tlbnOUXZQojARsZWZ0lIwDbWFulGWMA3Jhd5SMCExlZnQgbWFulIwEc2VudJSMCGxlZnQgbWFulHV9lChoDksCaA9dlChoEowCaW6UjANyZWSUZWgTjAptYW4gaW4gcmVklGgVjA9jYWbDqSDinJMgJ21hbieUdWV1fZQoaAJKkl8BAGgDigaF6CyS0QBoBkqiuw0AaAeMBXRlc3RClGgLXZR9lChoDksDaBOMCmJsdWUgY2hhaXKUaBVoIXVhdWUu")]
    public async Task Read_PickleOfAnyProtocol_JoinsReferencesWithInstances(string pickle)
    {
        ImmutableArray<Sample> samples = await ReadAsync("testA", Convert.FromBase64String(pickle), Instances);

        Assert.Equal(["1", "2"], samples.Select(sample => sample.Id.Value));
        Assert.Equal(["left man", "caf\u00e9 \u2713 'man'"], samples.Select(sample => sample.Question));
        Assert.All(samples, sample => Assert.Equal("COCO_train2014_000000900001.jpg", sample.Image.Path));
        Assert.All(samples, sample => Assert.Equal(new ReferenceBox(10.5, 20, 100, 200, 640, 480), sample.Box));
        Assert.All(samples, sample => Assert.Equal("{<1><4><17><45>}", sample.Target));
        Sample chair = Assert.Single(await ReadAsync("testB", Convert.FromBase64String(pickle), Instances));
        Assert.Equal(("3", "blue chair", new ReferenceBox(0, 0, 30, 30, 640, 480)), (chair.Id.Value, chair.Question, chair.Box));
    }

    [Theory]
    [InlineData("S'left man'\np11\n", "left man")]
    [InlineData("S\"it's \\\\ \\'left\\'\\n\"\np11\n", "it's \\ 'left'\n")]
    [InlineData("S'caf\\xc3\\xa9'\np11\n", "caf\u00e9")]
    [InlineData("S'caf\\xe9'\np11\n", "caf\u00e9")]
    [InlineData("Vcaf\u00e9 \\u2713 \\U0001f600 a\\b\np11\n", "caf\u00e9 \u2713 \ud83d\ude00 a\\b")]
    [InlineData("U\u0004left", "left")]
    [InlineData("T\u0004\0\0\0left", "left")]
    public async Task Read_TextsOfPython2_AreUnescaped(string text, string expected)
    {
        Sample sample = Assert.Single(await ReadAsync("testA", Encoding.Latin1.GetBytes($"(lp0\n{FirstReference}{text}sasa."), Instances));

        Assert.Equal(expected, sample.Question);
    }

    [Theory]
    [InlineData("cos\nsystem\n(S'echo'\ntR.", "opcode GLOBAL at byte 0; only lists, dictionaries, strings and numbers are read")]
    [InlineData("(lp0\n(S'echo'\nios\nsystem\na.", "opcode INST at byte 14")]
    [InlineData("(lp0\nS'a'\nS'b'\n\u0093.", "opcode STACK_GLOBAL")]
    [InlineData("(lp0\n]R.", "opcode REDUCE")]
    [InlineData("(lp0\n]b.", "opcode BUILD")]
    [InlineData("(lp0\n(o.", "opcode OBJ")]
    [InlineData("(lp0\n]]\u0081.", "opcode NEWOBJ at")]
    [InlineData("(lp0\n]]\u0092.", "opcode NEWOBJ_EX")]
    [InlineData("(lp0\n\u0082\u0001.", "opcode EXT1")]
    [InlineData("(lp0\nPx\n.", "opcode PERSID")]
    [InlineData("(lp0\n]Q.", "opcode BINPERSID")]
    [InlineData("(lp0\n)a.", "opcode EMPTY_TUPLE")]
    [InlineData("(lp0\nNa.", "opcode NONE")]
    [InlineData("(lp0\nC\u0001xa.", "opcode SHORT_BINBYTES")]
    [InlineData("(lp0\n2a.", "opcode DUP")]
    [InlineData("(lp0\n\u0007", "byte 0x07 at 5 is not an opcode")]
    [InlineData("(lp0\n", "it ends at byte 5, in the middle of a value")]
    [InlineData("(lp0\nS'never ends", "it ends at byte 17, in the middle of a value")]
    [InlineData("(lp0\nX\u00ff\u00ff\u00ff\u007fshort", "it ends at byte")]
    [InlineData("(lp0\nX\u00ff\u00ff\u00ff\u00ffshort", "a length exceeds the file")]
    [InlineData("(lp0\n\u008a\u0009123456789a.", "an integer exceeds 64 bits")]
    [InlineData("(lp0\nI12x\na.", "an integer is malformed")]
    [InlineData("(lp0\nF1,5\na.", "a float is malformed")]
    [InlineData("(lp0\nSleft\na.", "a string is not quoted")]
    [InlineData("(lp0\nS'\\x4'\na.", "a string has a malformed escape")]
    [InlineData("(lp0\nV\\uD8\na.", "a string has a malformed escape")]
    [InlineData("(lp0\nX\u0001\0\0\0\u00e9a.", "a string is not UTF-8")]
    [InlineData("(lp999999999\n.", "it stores memo entry 999999999 after 0 entries")]
    [InlineData("(lg7\n.", "it reads memo entry 7, which was never stored")]
    [InlineData("]e.", "a mark is missing")]
    [InlineData("](.", "a value is missing")]
    [InlineData("}I1\nI2\ns.", "a dictionary key is not a string")]
    [InlineData("]S'a'\nS'b'\ns.", "it sets items of something that is not a dictionary")]
    [InlineData("}I1\na.", "it appends to something that is not a list")]
    [InlineData("\u0080\u0006].", "protocol 6 is not supported; the newest supported is 5")]
    [InlineData("}.", "it does not hold a list of references")]
    public async Task Read_HostileOrDamagedPickle_IsRefusedByName(string pickle, string expected)
    {
        string refusal = await RefusalAsync(Encoding.Latin1.GetBytes(pickle), Instances);

        Assert.StartsWith("annotations.json: the pickle is refused: ", refusal, StringComparison.Ordinal);
        Assert.Contains(expected, refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_PickleCutOffAnywhere_IsRefused()
    {
        byte[] whole = Encoding.Latin1.GetBytes($"(lp0\n{FirstReference}S'left'\nsasa.");

        for (int length = 1; length < whole.Length; length++)
            Assert.Contains("the pickle is refused", await RefusalAsync(whole[..length], Instances), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(lI7\na.", "annotations.json, record 1: expected a dictionary, found 7")]
    [InlineData("(l(da.", "annotations.json, record 1: field 'split': expected a non-empty string, found no such field")]
    [InlineData("(l(dS'split'\nS'testA'\nsa.", "record 1: field 'sentences': expected a list of records, found no such field")]
    [InlineData("(l(dS'split'\nS'testA'\nsS'sentences'\n(lI1\nasa.", "record 1: field 'sentences[0]': expected a dictionary, found 1")]
    [InlineData("(l(dS'split'\nS'testA'\nsS'sentences'\n(l(dS'sent_id'\nS'1'\nsasa.", "record 1: field 'sentences[0].sent_id': expected an integer, found '1'")]
    [InlineData("(l(dS'split'\nS'val'\nsa.", "annotations.json: expected references of the split 'testA', found none")]
    [InlineData("(l.", "annotations.json: expected references of the split 'testA', found none")]
    public async Task Read_MalformedReference_NamesFileRecordAndField(string pickle, string expected) =>
        Assert.Contains(expected, await RefusalAsync(Encoding.Latin1.GetBytes(pickle), Instances), StringComparison.Ordinal);

    [Fact]
    public async Task Read_SentencesThatContainTheirOwnReference_AreNoTrap()
    {
        // The list of sentences is the list of references, which contains this reference: a cycle.
        const string circle = "(lp0\n(dS'split'\nS'testA'\nsS'sentences'\ng0\nsa.";

        Assert.Contains("field 'sentences[0].sent_id'", await RefusalAsync(Encoding.Latin1.GetBytes(circle), Instances), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_SharedListsThatMultiply_AreRefused()
    {
        // 2,000 references share one list of 2,000 sentences: 4,000,000 expressions in 12 kB.
        string sentences = "(lp2\n(dp3\nS'sent_id'\nI1\nsS'sent'\nS'x'\nsa" + string.Concat(Enumerable.Repeat("g3\na", 1999));
        string reference = $"(dp1\nS'split'\nS'testA'\nsS'ann_id'\nI1\nsS'image_id'\nI1\nsS'sentences'\n{sentences}sa";
        string pickle = $"(lp0\n{reference}{string.Concat(Enumerable.Repeat("g1\na", 1999))}.";

        Assert.Contains("expected at most 1000000 expressions", await RefusalAsync(Encoding.Latin1.GetBytes(pickle), Instances), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]", "instances.json: expected COCO's object of images and annotations, found a list")]
    [InlineData("""{"images": []}""", "instances.json: expected an object with the list 'annotations', found images")]
    [InlineData("""{"annotations": []}""", "instances.json: expected an object with the list 'images', found annotations")]
    [InlineData("""{"annotations": [], "images": {}}""", "instances.json, record 'images': expected a list of records, found an object")]
    [InlineData(
        """{"annotations": [], "images": []}""", "annotations.json, record 1: field 'ann_id': expected an annotation in instances.json, found '1900001'")]
    [InlineData(
        """{"annotations": [{"id": 1900001, "bbox": [1, 2, 3, 4]}], "images": []}""",
        "annotations.json, record 1: field 'image_id': expected an image in instances.json, found '900001'")]
    [InlineData(
        """{"annotations": [{"id": 1900001, "bbox": [1, 2]}], "images": []}""",
        "instances.json, record 1 (line 1): field 'bbox': expected a list of 4 numbers")]
    [InlineData(
        """{"annotations": [{"id": 1900001, "bbox": [1, 2, 3, 4]}, {"id": 1900001, "bbox": [1, 2, 3, 4]}], "images": []}""",
        "instances.json, record 2 (line 1): the annotation '1900001' occurs twice")]
    [InlineData(
        """{"annotations": [{"id": 1900001, "bbox": [1, 2, 3, 4]}], "images": [{"id": 900001, "height": 1, "width": 1}]}""",
        "instances.json, record 'images': field '[0].file_name': expected a value, found no such field")]
    [InlineData(
        """{"annotations": [{"id": 1900001, "bbox": [1, 2, 3, 4]}], "images": [{"id": 900001, "file_name": "a.jpg", "height": 0, "width": 1}]}""",
        "field '[0].height': expected a positive integer, found 0")]
    [InlineData("""{"annotations": [{"id": 1900001,""", "instances.json: expected JSON, found an error after 0 complete records")]
    public async Task Read_MalformedInstances_NamesFileRecordAndField(string instances, string expected) => Assert.Contains(
        expected, await RefusalAsync(Encoding.Latin1.GetBytes($"(lp0\n{FirstReference}S'left'\nsasa."), instances), StringComparison.Ordinal);

    [Fact]
    public async Task Read_PickleWithoutInstances_AsksForThem()
    {
        var exception = await Assert.ThrowsAsync<PrerequisiteException>(() => AnnotationFiles.ReadBytesAsync(
            AnnotationFormat.RefCoco, "testA", ("annotations", Encoding.Latin1.GetBytes($"(lp0\n{FirstReference}S'left'\nsasa."))));

        Assert.Contains("has no instances file", exception.Message, StringComparison.Ordinal);
    }

    private static async Task<ImmutableArray<Sample>> ReadAsync(string split, byte[] pickle, string instances) => await AnnotationFiles.ReadBytesAsync(
        AnnotationFormat.RefCoco, split, ("annotations", pickle), ("instances", Encoding.UTF8.GetBytes(instances)));

    private static async Task<string> RefusalAsync(byte[] pickle, string instances) =>
        (await Assert.ThrowsAsync<PrerequisiteException>(() => ReadAsync("testA", pickle, instances))).Message;
}
