using System.Text.Encodings.Web;
using System.Text.Json;

namespace TinyGptV.Evaluation.Submissions;

/// <summary>Writer options for submissions: texts stay readable.</summary>
internal static class SubmissionJson
{
    public static JsonWriterOptions Writing { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
