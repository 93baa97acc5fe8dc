using System.Collections.Immutable;
using TinyGptV.Cli.Display;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Reports;
using TinyGptV.Evaluation.Reports.Files;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Storage;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Cli.Verbs;

/// <summary>The options of <c>tinygptv score</c> and <c>tinygptv report</c>.</summary>
internal sealed record RunScoringOptions(RunId Run, StorageLocation Runs, string Mode, OutputFormat Format)
{
    /// <summary>The folder or URL where the HTML report first looks for images; null for none.</summary>
    public string? Images { get; init; }

    /// <summary>
    /// Where to write the one file <see cref="File"/>, a path or <c>-</c> for standard output; null to write all files beside the predictions.
    /// </summary>
    public string? Output { get; init; }

    /// <summary>The file for <see cref="Output"/>, one of <see cref="ReportFiles.Kinds"/>.</summary>
    public string File { get; init; } = "report.html";
}

/// <summary>Scores a stored run from its files alone: needs no model, no images and no cluster.</summary>
/// <param name="environment">Where text goes.</param>
internal sealed class RunScoring(ProgramEnvironment environment)
{
    private const string StandardOutput = "-";

    /// <summary>Prints the tables of a run.</summary>
    public async Task<int> ScoreAsync(RunScoringOptions options, CancellationToken cancellationToken)
    {
        EvaluationReport report = await StoredReport.CreateAsync(StoreOf(options), options.Run, options.Mode, cancellationToken);
        if (options.Format == OutputFormat.Json)
            await environment.Output.WriteAsync(ReportJson.Write(report));
        else
            await ReportDisplay.WriteAsync([ReportTables.Results(report), ReportTables.Answers(report)], environment.Output);
        return ExitCodeOf(report);
    }

    /// <summary>Writes the report files next to the predictions, or one of them to where the user wants it.</summary>
    public async Task<int> ReportAsync(RunScoringOptions options, CancellationToken cancellationToken)
    {
        IRunStore store = StoreOf(options);
        EvaluationReport report = await StoredReport.CreateAsync(store, options.Run, options.Mode, cancellationToken);
        if (options.Output is StandardOutput)
        {
            await using Stream output = environment.OpenOutput();
            ReportFiles.Write(report, options.File, ImagesOf(options), output);
            return ExitCodeOf(report);
        }

        ImmutableArray<string> files = options.Output is { } path
            ? [Save(report, options, path)]
            : await ReportFiles.WriteAsync(store, report, ImagesOf(options), cancellationToken);
        if (options.Format == OutputFormat.Json)
            await JsonDisplay.WriteAsync(files, environment.Output);
        else
            foreach (string file in files)
                await environment.Output.WriteLineAsync(file);
        return ExitCodeOf(report);
    }

    private static int ExitCodeOf(EvaluationReport report) => report.HasUnanswered ? ExitCode.SamplesFailed : ExitCode.Success;

    private static string Save(EvaluationReport report, RunScoringOptions options, string path)
    {
        string images = ImagesOf(options);
        try
        {
            using FileStream file = File.Create(path);
            ReportFiles.Write(report, options.File, images, file);
            return path;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PrerequisiteException($"Cannot write '{path}': {exception.Message} Choose another file with --output, or '-'.", exception);
        }
    }

    /// <summary>The folder of the written report; null if it is not in a folder of this machine.</summary>
    private static string? FolderOf(RunScoringOptions options) => options.Output switch
    {
        StandardOutput => null,
        { } path => Path.GetDirectoryName(Path.GetFullPath(path)),
        null => options.Runs.Folder is { } runs ? Path.Combine(runs, options.Run.Value) : null,
    };

    /// <summary>A folder relative to the report, so that both can be moved together; a URL unchanged.</summary>
    private static string ImagesOf(RunScoringOptions options)
    {
        if (options.Images is not { } images)
            return "";
        if (images.Contains("://", StringComparison.Ordinal))
            return images;
        if (!Directory.Exists(images))
            throw new PrerequisiteException($"There is no folder '{images}'. Set --images to the folder of benchmarks, or to its URL.");
        return FolderOf(options) is { } folder
            ? Path.GetRelativePath(folder, images).Replace('\\', '/')
            : new Uri(Path.GetFullPath(images)).AbsoluteUri;
    }

    private IRunStore StoreOf(RunScoringOptions options) => new StorageAccess(environment.Storage).OpenRuns(options.Runs);
}
