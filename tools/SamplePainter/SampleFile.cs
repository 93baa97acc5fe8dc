using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TinyGptV.SamplePainter;

/// <summary>A file of the sample set.</summary>
/// <param name="Path">Its path in the folder of the set, with forward slashes.</param>
/// <param name="Content">Its bytes.</param>
internal sealed record SampleFile(string Path, byte[] Content)
{
    private static readonly JsonSerializerOptions Lines = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions Indented = new(Lines) { WriteIndented = true, NewLine = "\n" };

    public static SampleFile Json(string path, JsonNode content) => Text(path, content.ToJsonString(Indented) + "\n");

    public static SampleFile JsonLines(string path, IEnumerable<JsonNode> lines) =>
        Text(path, string.Concat(lines.Select(line => line.ToJsonString(Lines) + "\n")));

    public static SampleFile Text(string path, string content) => new(path, Encoding.UTF8.GetBytes(content));
}
