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
}

/// <summary>Scores a stored run from its files alone: needs no model, no images and no cluster.</summary>
/// <param name="environment">Where text goes.</param>
internal sealed class RunScoring(ProgramEnvironment environment)
{
    /// <summary>Prints the tables of a run.</summary>
    public async Task<int> ScoreAsync(RunScoringOptions options, CancellationToken cancellationToken)
    {
        EvaluationReport report = await StoredReport.CreateAsync(StoreOf(options), options.Run, options.Mode, cancellationToken);
        if (options.Format == OutputFormat.Json)
            await environment.Output.WriteAsync(ReportJson.Write(report));
        else
            await ReportDisplay.WriteAsync([ReportTables.Results(report), ReportTables.Answers(report)], environment.Output);
        return report.HasUnanswered ? ExitCode.SamplesFailed : ExitCode.Success;
    }

    /// <summary>Writes the report files next to the predictions.</summary>
    public async Task<int> ReportAsync(RunScoringOptions options, CancellationToken cancellationToken)
    {
        IRunStore store = StoreOf(options);
        EvaluationReport report = await StoredReport.CreateAsync(store, options.Run, options.Mode, cancellationToken);
        ImmutableArray<string> files = await ReportFiles.WriteAsync(store, report, ImagesOf(options), cancellationToken);
        if (options.Format == OutputFormat.Json)
            await JsonDisplay.WriteAsync(files, environment.Output);
        else
            foreach (string file in files)
                await environment.Output.WriteLineAsync(file);
        return report.HasUnanswered ? ExitCode.SamplesFailed : ExitCode.Success;
    }

    /// <summary>A folder relative to the report, so that both can be moved together; a URL unchanged.</summary>
    private static string ImagesOf(RunScoringOptions options)
    {
        if (options.Images is not { } images)
            return "";
        if (images.Contains("://", StringComparison.Ordinal))
            return images;
        if (!Directory.Exists(images))
            throw new PrerequisiteException($"There is no folder '{images}'. Set --images to the folder of benchmarks, or to its URL.");
        return options.Runs.Folder is { } runs
            ? Path.GetRelativePath(Path.Combine(runs, options.Run.Value), images).Replace('\\', '/')
            : new Uri(Path.GetFullPath(images)).AbsoluteUri;
    }

    private IRunStore StoreOf(RunScoringOptions options) => new StorageAccess(environment.Storage).OpenRuns(options.Runs);
}
