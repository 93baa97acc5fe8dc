using System.Collections.Immutable;
using TinyGptV.Cli.Display;
using TinyGptV.Evaluation.Reports;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Storage;

namespace TinyGptV.Cli.Runs;

/// <summary>Which stored run is scored, and how.</summary>
internal sealed record StoredRunOptions(RunId Run, StorageLocation Runs, string Mode, OutputFormat Format);

/// <summary>What can be made from a run's files alone: no model, no images, no cluster.</summary>
/// <param name="environment">Where text goes.</param>
internal sealed class StoredRun(ProgramEnvironment environment)
{
    /// <summary>Prints the tables of a run.</summary>
    public async Task<int> ScoreAsync(StoredRunOptions options, CancellationToken cancellationToken)
    {
        EvaluationReport report = await StoredReport.CreateAsync(StoreOf(options), options.Run, options.Mode, cancellationToken);
        if (options.Format == OutputFormat.Json) await environment.Output.WriteAsync(ReportJson.Write(report));
        else await ReportDisplay.WriteAsync([ReportTables.Results(report), ReportTables.Answers(report)], environment.Output);
        return report.HasUnanswered ? ExitCode.SamplesFailed : ExitCode.Success;
    }

    /// <summary>Writes the report's files beside the predictions.</summary>
    public async Task<int> ReportAsync(StoredRunOptions options, CancellationToken cancellationToken)
    {
        IRunStore store = StoreOf(options);
        EvaluationReport report = await StoredReport.CreateAsync(store, options.Run, options.Mode, cancellationToken);
        ImmutableArray<string> files = await StoredReport.WriteAsync(store, report, cancellationToken);
        if (options.Format == OutputFormat.Json) await JsonDisplay.WriteAsync(files, environment.Output);
        else
            foreach (string file in files) await environment.Output.WriteLineAsync(file);
        return report.HasUnanswered ? ExitCode.SamplesFailed : ExitCode.Success;
    }

    private IRunStore StoreOf(StoredRunOptions options) => new StorageAccess(environment.Storage).OpenRuns(options.Runs);
}
