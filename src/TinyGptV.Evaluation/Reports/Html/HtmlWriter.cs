using System.Globalization;
using System.Net;

namespace TinyGptV.Evaluation.Reports.Html;

/// <summary>Writes markup and encodes all interpolated values, so that annotations, answers and file names cannot inject markup.</summary>
/// <param name="output">The destination; it stays open.</param>
internal sealed class HtmlWriter(TextWriter output)
{
    /// <summary>Writes markup with encoded values.</summary>
    public void Write(FormattableString markup) =>
        output.Write(string.Format(CultureInfo.InvariantCulture, markup.Format, [.. markup.GetArguments().Select(Encode)]));

    /// <summary>Writes trusted markup unchanged.</summary>
    public void WriteRaw(string markup) => output.Write(markup);

    private static object Encode(object? value) => WebUtility.HtmlEncode(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
}
