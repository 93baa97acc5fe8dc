using Google.Protobuf;

namespace TinyGptV.Cli.Tests.Observability;

/// <summary>A protobuf message as numbered fields. There is no package with the OTLP types, and the tests need only a few fields.</summary>
internal sealed class OtlpMessage
{
    private readonly ILookup<int, object> _fields;

    private OtlpMessage(ILookup<int, object> fields) => _fields = fields;

    public static OtlpMessage Read(ByteString bytes) => new(FieldsOf(bytes.CreateCodedInput()).ToLookup(field => field.Number, field => field.Value));

    public IEnumerable<OtlpMessage> Messages(int field) => _fields[field].Cast<ByteString>().Select(Read);

    /// <summary>A string; empty if absent.</summary>
    public string Text(int field) => BytesOf(field).ToStringUtf8();

    /// <summary>Bytes in hexadecimal; empty if absent.</summary>
    public string Hex(int field) => Convert.ToHexStringLower(BytesOf(field).Span);

    /// <summary>A number in either encoding; 0 if absent.</summary>
    public long Number(int field) => unchecked((long)_fields[field].Cast<ulong>().SingleOrDefault());

    /// <summary>Attributes: keys and values; numbers and booleans as text.</summary>
    public Dictionary<string, string> Attributes(int field) => Messages(field).ToDictionary(pair => pair.Text(1), pair => ValueOf(pair.Messages(2).Single()));

    private static string ValueOf(OtlpMessage value) => value._fields.Single() switch
    {
        { Key: 1 } => value.Text(1),
        { Key: 2 } => value.Number(2) == 1 ? "true" : "false",
        { Key: 3 } => $"{value.Number(3)}",
        { Key: var kind } => throw new NotSupportedException($"An attribute has a value of kind {kind}, of which these tests know nothing."),
    };

    private static IEnumerable<(int Number, object Value)> FieldsOf(CodedInputStream input)
    {
        while (input.ReadTag() is not 0 and var tag)
            yield return (WireFormat.GetTagFieldNumber(tag), WireFormat.GetTagWireType(tag) switch
            {
                WireFormat.WireType.Varint => input.ReadUInt64(),
                WireFormat.WireType.Fixed64 => input.ReadFixed64(),
                WireFormat.WireType.Fixed32 => (ulong)input.ReadFixed32(),
                WireFormat.WireType.LengthDelimited => input.ReadBytes(),
                var type => throw new NotSupportedException($"No field of OTLP has the wire type {type}."),
            });
    }

    private ByteString BytesOf(int field) => _fields[field].Cast<ByteString>().SingleOrDefault(ByteString.Empty);
}

/// <summary>A span and the silo that created it.</summary>
internal sealed record OtlpSpan(string Silo, string Name, string Trace, string Id, string Parent, bool IsError, IReadOnlyDictionary<string, string> Attributes)
{
    /// <summary>The spans of an <c>ExportTraceServiceRequest</c>.</summary>
    public static IEnumerable<OtlpSpan> Read(ByteString request) =>
        from resource in OtlpMessage.Read(request).Messages(1)
        let silo = resource.Messages(1).Single().Attributes(1)["service.instance.id"]
        from scope in resource.Messages(2)
        from span in scope.Messages(2)
        select new OtlpSpan(
            silo, span.Text(5), span.Hex(1), span.Hex(2), span.Hex(4), span.Messages(15).Any(status => status.Number(3) == 2), span.Attributes(9));
}

/// <summary>A data point of a sum and the silo that sent it.</summary>
internal sealed record OtlpSum(string Silo, string Name, string Unit, long Value, IReadOnlyDictionary<string, string> Attributes)
{
    /// <summary>The integer data points in an <c>ExportMetricsServiceRequest</c>.</summary>
    public static IEnumerable<OtlpSum> Read(ByteString request) =>
        from resource in OtlpMessage.Read(request).Messages(1)
        let silo = resource.Messages(1).Single().Attributes(1)["service.instance.id"]
        from scope in resource.Messages(2)
        from metric in scope.Messages(2)
        from sum in metric.Messages(7)
        from point in sum.Messages(1)
        select new OtlpSum(silo, metric.Text(1), metric.Text(3), point.Number(6), point.Attributes(7));
}
