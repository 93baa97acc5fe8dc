using System.Collections.Immutable;
using System.Text;
using TinyGptV.Evaluation.Reports.Html;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Evaluation.Reports.Files;

/// <summary>The files of a report, stored beside its predictions.</summary>
public static class ReportFiles
{
    /// <summary>Without a byte-order mark; invalid characters are replaced.</summary>
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>The files of a report by the names that they have in the default mode.</summary>
    public static ImmutableArray<string> Kinds { get; } = Names(StoredReport.DefaultMode);

    /// <summary>The names of the files of a report.</summary>
    /// <param name="mode">The scoring mode.</param>
    /// <returns>The names, in the order in which the files are written.</returns>
    public static ImmutableArray<string> Names(string mode) => [.. Files(images: "").Select(file => FileName(file.Name, file.Extension, mode))];

    /// <summary>
    /// Writes <c>report.csv</c>, <c>report.md</c>, <c>report.html</c> and <c>predictions.csv</c> beside the predictions, replacing older ones. In other
    /// modes than the default, the files are named <c>report.&lt;mode&gt;.csv</c> and so on, so that modes do not replace each other's files.
    /// </summary>
    /// <param name="store">The store.</param>
    /// <param name="report">The report.</param>
    /// <param name="images">The initial image location of <c>report.html</c>; empty for none, which gives the same file everywhere.</param>
    /// <param name="cancellationToken">Cancels the write; each file is then either old or new.</param>
    /// <returns>The locations of the files, for display.</returns>
    /// <exception cref="PrerequisiteException">The store cannot be written.</exception>
    public static async ValueTask<ImmutableArray<string>> WriteAsync(
        IRunStore store, EvaluationReport report, string images, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(report);
        var places = ImmutableArray.CreateBuilder<string>();
        foreach ((string name, string extension, Action<EvaluationReport, TextWriter> write) in Files(images))
        {
            ReadOnlyMemory<byte> content = Encode(writer => write(report, writer));
            places.Add(await store.WriteFileAsync(report.Run, FileName(name, extension, report.Mode), content, cancellationToken));
        }

        return places.DrainToImmutable();
    }

    /// <summary>
    /// Writes one of the files to a stream, with the bytes that <see cref="WriteAsync(IRunStore, EvaluationReport, string, CancellationToken)"/>
    /// stores.
    /// </summary>
    /// <param name="report">The report.</param>
    /// <param name="kind">One of <see cref="Kinds"/>.</param>
    /// <param name="images">The initial image location of <c>report.html</c>; empty for none.</param>
    /// <param name="output">The destination; it stays open.</param>
    /// <exception cref="ArgumentException">The kind is unknown.</exception>
    public static void Write(EvaluationReport report, string kind, string images, Stream output)
    {
        ArgumentNullException.ThrowIfNull(report);
        Action<EvaluationReport, TextWriter> write = Files(images).FirstOrDefault(file => $"{file.Name}.{file.Extension}" == kind).Write
            ?? throw new ArgumentException($"No file '{kind}'. Choose one of {string.Join(", ", Kinds)}.", nameof(kind));
        using var writer = new StreamWriter(output, Utf8, leaveOpen: true);
        write(report, writer);
    }

    /// <summary>Avoids a string of the content and a second copy: prediction files can have hundreds of megabytes.</summary>
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

    private static string FileName(string name, string extension, string mode) =>
        mode == StoredReport.DefaultMode ? $"{name}.{extension}" : $"{name}.{mode}.{extension}";
}
