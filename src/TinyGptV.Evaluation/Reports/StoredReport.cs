using System.Collections.Immutable;
using System.Text;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Comparisons;
using TinyGptV.Evaluation.Reports.Html;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Evaluation.Reports;

/// <summary>Reports of stored runs: whoever has the store can make them again, without model and images.</summary>
public static class StoredReport
{
    /// <summary>The scoring mode of reports if nobody asks for another: what the scripts behind the TinyGPT-V paper compute.</summary>
    public const string DefaultMode = "tinygptv";

    /// <summary>Without a mark at the beginning, and with a replacement for what is no text.</summary>
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Scores what a run has stored, which may be a part of it.</summary>
    /// <param name="store">The store.</param>
    /// <param name="run">The run.</param>
    /// <param name="mode">The scoring mode.</param>
    /// <param name="cancellationToken">Ends the reading early.</param>
    /// <returns>The report.</returns>
    /// <exception cref="PrerequisiteException">There is no such run, a file of it is malformed, or a benchmark of it has no such mode.</exception>
    public static async ValueTask<EvaluationReport> CreateAsync(IRunStore store, RunId run, string mode, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        return await CreateAsync(store, await store.ReadExistingManifestAsync(run, cancellationToken), mode, cancellationToken);
    }

    /// <summary>Lays two stored runs beside each other, sample by sample; they may be one run in two modes.</summary>
    /// <param name="store">The store of both.</param>
    /// <param name="a">The first run and its scoring mode.</param>
    /// <param name="b">The second run and its scoring mode.</param>
    /// <param name="only">The benchmarks to compare; empty for all that both runs have.</param>
    /// <param name="cancellationToken">Ends the reading early.</param>
    /// <returns>The comparison.</returns>
    /// <exception cref="PrerequisiteException">A run cannot be scored, or the runs cannot be compared.</exception>
    public static async ValueTask<RunComparison> CompareAsync(
        IRunStore store, (RunId Run, string Mode) a, (RunId Run, string Mode) b, ImmutableArray<BenchmarkName> only, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        RunManifest first = await store.ReadExistingManifestAsync(a.Run, cancellationToken), second = await store.ReadExistingManifestAsync(b.Run, cancellationToken);
        return RunComparison.Create(
            (first, await CreateAsync(store, first, a.Mode, cancellationToken)), (second, await CreateAsync(store, second, b.Mode, cancellationToken)), only);
    }

    private static async ValueTask<EvaluationReport> CreateAsync(IRunStore store, RunManifest manifest, string mode, CancellationToken cancellationToken)
    {
        var predictions = ImmutableArray.CreateBuilder<Prediction>();
        await foreach (StoredShard shard in store.ReadShardsAsync(manifest.Run, cancellationToken))
            predictions.AddRange(shard.Predictions());
        return EvaluationReport.Create(manifest, predictions.DrainToImmutable(), mode);
    }

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

    private static string FileName(string name, string extension, string mode) => mode == DefaultMode ? $"{name}.{extension}" : $"{name}.{mode}.{extension}";
}
