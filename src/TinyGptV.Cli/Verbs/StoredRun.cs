using System.Collections.Immutable;
using TinyGptV.Cli.Display;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Reports;
using TinyGptV.Evaluation.Reports.Files;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Storage;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Cli.Verbs;

/// <summary>Which stored run is scored, and how.</summary>
internal sealed record StoredRunOptions(RunId Run, StorageLocation Runs, string Mode, OutputFormat Format)
{
    /// <summary>The folder or address in which the HTML report looks for pictures at first; null for nowhere.</summary>
    public string? Images { get; init; }
}

/// <summary>What can be made from a run's files alone: no model, no images, no cluster.</summary>
/// <param name="environment">Where text goes.</param>
internal sealed class StoredRun(ProgramEnvironment environment)
{
    /// <summary>Prints the tables of a run.</summary>
    public async Task<int> ScoreAsync(StoredRunOptions options, CancellationToken cancellationToken)
    {
        EvaluationReport report = await StoredReport.CreateAsync(StoreOf(options), options.Run, options.Mode, cancellationToken);
        if (options.Format == OutputFormat.Json)
            await environment.Output.WriteAsync(ReportJson.Write(report));
        else
            await ReportDisplay.WriteAsync([ReportTables.Results(report), ReportTables.Answers(report)], environment.Output);
        return report.HasUnanswered ? ExitCode.SamplesFailed : ExitCode.Success;
    }

    /// <summary>Writes the report's files beside the predictions.</summary>
    public async Task<int> ReportAsync(StoredRunOptions options, CancellationToken cancellationToken)
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

    /// <summary>A folder as the page sees it from where it lies, so that both can be moved together; an address as it is.</summary>
    private static string ImagesOf(StoredRunOptions options)
    {
        if (options.Images is not { } images)
            return "";
        if (images.Contains("://", StringComparison.Ordinal))
            return images;
        if (!Directory.Exists(images))
            throw new PrerequisiteException($"--images was expected to name the folder of benchmarks or its address, and there is no folder '{images}'. Correct the path.");
        return options.Runs.Folder is { } runs
            ? Path.GetRelativePath(Path.Combine(runs, options.Run.Value), images).Replace('\\', '/')
            : new Uri(Path.GetFullPath(images)).AbsoluteUri;
    }

    private IRunStore StoreOf(StoredRunOptions options) => new StorageAccess(environment.Storage).OpenRuns(options.Runs);
}
