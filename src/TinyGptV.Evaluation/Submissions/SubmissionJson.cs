using System.Text.Encodings.Web;
using System.Text.Json;

namespace TinyGptV.Evaluation.Submissions;

/// <summary>How the JSON of submissions is written: texts stay readable.</summary>
internal static class SubmissionJson
{
    public static JsonWriterOptions Writing { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
