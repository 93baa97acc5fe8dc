using System.Globalization;
using System.Net;

namespace TinyGptV.Evaluation.Reports.Html;

/// <summary>Writes markup in which every filled-in value is text: nothing from annotations, answers or file names can become markup.</summary>
/// <param name="output">Where to; it stays open.</param>
internal sealed class HtmlWriter(TextWriter output)
{
    /// <summary>Writes markup; what stands in braces is encoded.</summary>
    public void Write(FormattableString markup) =>
        output.Write(string.Format(CultureInfo.InvariantCulture, markup.Format, [.. markup.GetArguments().Select(Encode)]));

    /// <summary>Writes markup of our own as it is.</summary>
    public void WriteRaw(string markup) => output.Write(markup);

    private static object Encode(object? value) => WebUtility.HtmlEncode(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
}
