using System.Security.Cryptography;
using System.Text;

namespace TinyGptV.Evaluation.Reports.Html;

/// <summary>
/// Writes <c>report.html</c>: one file that opens from disk, with tables, plots and a gallery of the samples. It loads only images, from a location that the
/// reader chooses. The file has only their names, so it is the same wherever it is created.
/// </summary>
public static class HtmlReport
{
    private static readonly string Style = Resource("report.css");
    private static readonly string Script = Resource("report.js");

    /// <summary>Writes the report with line feeds.</summary>
    /// <param name="report">The report.</param>
    /// <param name="writer">The destination; it stays open.</param>
    public static void Write(EvaluationReport report, TextWriter writer) => Write(report, writer, images: "");

    /// <summary>Writes the report with line feeds.</summary>
    /// <param name="report">The report.</param>
    /// <param name="writer">The destination; it stays open.</param>
    /// <param name="images">The initial image location: the URL of a folder of benchmarks, absolute or relative to the page; empty for none.</param>
    public static void Write(EvaluationReport report, TextWriter writer, string images)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(images);
        var html = new HtmlWriter(writer);
        WriteHead(report, html);
        HtmlSummary.Write(report, html);
        HtmlResults.Write(report, html);
        HtmlSlices.Write(report, html);
        HtmlGallery.Write(report, images, html);
        HtmlProvenance.Write(report, html);
        html.WriteRaw("</main>\n<script type=\"application/json\" id=\"samples-data\">");
        GallerySamples.Write(report, writer);
        html.WriteRaw($"</script>\n<script>{Script}</script>\n</body>\n</html>\n");
    }

    private static void WriteHead(EvaluationReport report, HtmlWriter html)
    {
        html.WriteRaw($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy"
              content="default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{ScriptDigest()}'; img-src * data: blob: file:">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">

            """);
        html.Write($"<title>{report.Run}, mode {report.Mode}: evaluation of {report.Model.Name}</title>\n");
        html.WriteRaw($"<style>{Style}</style>\n</head>\n");
        html.Write($"""
            <body>
            <a class="skip" href="#results">Skip to the results</a>
            <header class="top">
            <p class="kicker">Evaluation report</p>
            <h1>{report.Run}</h1>
            <p class="facts"><span>{report.Model.Name}</span><span>scoring mode <b>{report.Mode}</b></span><span>tinygptv {report.ProgramVersion}</span></p>
            <nav aria-label="Sections">
            <a href="#results">Results</a><a href="#published">Published results</a><a href="#slices">Slices</a><a href="#samples">Samples</a>
            <a href="#provenance">Provenance</a>
            </nav>
            </header>
            <main>

            """);
    }

    private static string ScriptDigest() => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Script)));

    private static string Resource(string name)
    {
        using Stream stream = typeof(HtmlReport).Assembly.GetManifestResourceStream(typeof(HtmlReport), name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
