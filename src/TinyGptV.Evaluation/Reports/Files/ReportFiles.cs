using System.Collections.Immutable;
using System.Text;
using TinyGptV.Evaluation.Reports.Html;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Evaluation.Reports.Files;

/// <summary>The files of a report, beside the predictions that it was made from.</summary>
public static class ReportFiles
{
    /// <summary>Without a mark at the beginning, and with a replacement for what is no text.</summary>
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>The names of the files of a report.</summary>
    /// <param name="mode">The scoring mode.</param>
    /// <returns>The names, in the order in which the files are written.</returns>
    public static ImmutableArray<string> Names(string mode) => [.. Files(images: "").Select(file => FileName(file.Name, file.Extension, mode))];

    /// <summary>
    /// Writes <c>report.csv</c>, <c>report.md</c>, <c>report.html</c> and <c>predictions.csv</c> beside the predictions, replacing older ones. In another mode than
    /// the default one the files are called <c>report.&lt;mode&gt;.csv</c> and so on, so that no mode replaces another's.
    /// </summary>
    /// <param name="store">The store.</param>
    /// <param name="report">The report.</param>
    /// <param name="images">Where <c>report.html</c> looks for pictures at first; empty for nowhere, which gives the same file everywhere.</param>
    /// <param name="cancellationToken">Ends the writing early; each file is either the old or the new one then.</param>
    /// <returns>Where the files can be found, for people.</returns>
    /// <exception cref="PrerequisiteException">The store cannot be written.</exception>
    public static async ValueTask<ImmutableArray<string>> WriteAsync(IRunStore store, EvaluationReport report, string images, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(report);
        var places = ImmutableArray.CreateBuilder<string>();
        foreach ((string name, string extension, Action<EvaluationReport, TextWriter> write) in Files(images))
        {
            ReadOnlyMemory<byte> content = Encode(writer => write(report, writer));
            places.Add(await store.WriteReportAsync(report.Run, FileName(name, extension, report.Mode), content, cancellationToken));
        }

        return places.DrainToImmutable();
    }

    /// <summary>Half of what a string of it would take, and not twice: lists of predictions have hundreds of megabytes.</summary>
    private static ReadOnlyMemory<byte> Encode(Action<TextWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var writer = new StreamWriter(bytes, Utf8, leaveOpen: true))
            write(writer);
        return bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
    }

    private static ImmutableArray<(string Name, string Extension, Action<EvaluationReport, TextWriter> Write)> Files(string images) =>
    [
        ("report", "csv", CsvReport.Write), ("report", "md", MarkdownReport.Write),
        ("report", "html", (report, writer) => HtmlReport.Write(report, writer, images)), ("predictions", "csv", PredictionsCsv.Write),
    ];

    private static string FileName(string name, string extension, string mode) => mode == StoredReport.DefaultMode ? $"{name}.{extension}" : $"{name}.{mode}.{extension}";
}
