using System.Diagnostics;
using System.Text;
using System.Text.Json;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Cluster.Dispatch;
using TinyGptV.Cluster.Telemetry;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Reports;
using TinyGptV.Evaluation.Reports.Files;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cluster.Runs;

/// <summary>Scores runs and stores reports and timings beside their predictions.</summary>
internal sealed class RunReporting(IRunStore store)
{
    private const string TimingsFile = "timings.json";

    private readonly LatestReports _latest = new(store);

    /// <summary>Scores the stored predictions and writes the report files, unless that was done and nothing has changed since.</summary>
    /// <returns>The report, or why there is none.</returns>
    public Task<RunReport> ReportAsync(RunId run, string mode, CancellationToken cancellationToken) =>
        OffTurn.RunAsync(() => FindOrScoreAsync(run, mode, cancellationToken), cancellationToken);

    private async Task<RunReport> FindOrScoreAsync(RunId run, string mode, CancellationToken cancellationToken)
    {
        try
        {
            return await _latest.GetAsync(run, mode, () => ScoreAsync(run, mode, cancellationToken), cancellationToken);
        }
        catch (PrerequisiteException exception)
        {
            return new RunReport { Problem = exception.Message, MayPass = exception.MayPass };
        }
    }

    private async Task<RunReport> ScoreAsync(RunId run, string mode, CancellationToken cancellationToken)
    {
        using Activity? trace = EvaluationTraces.Reporting(run, mode);
        try
        {
            EvaluationReport report = await StoredReport.CreateAsync(store, run, mode, cancellationToken);
            return new RunReport
            {
                Tables = [ReportTables.Results(report), ReportTables.Answers(report)],
                Json = ReportJson.Write(report),
                Files = await ReportFiles.WriteAsync(store, report, images: "", cancellationToken),
                Unanswered = report.Benchmarks.Sum(benchmark => benchmark.Counts.Expected - benchmark.Counts.Answered),
            };
        }
        catch (PrerequisiteException exception)
        {
            EvaluationTraces.Failed(trace, exception.Message);
            return new RunReport { Problem = exception.Message, MayPass = exception.MayPass };
        }
    }

    /// <summary>Writes the report in the default mode. The run is complete whether this succeeds or not.</summary>
    /// <returns>Why a file was not written; null if all were.</returns>
    public async Task<string?> ConcludeAsync(ActiveRun run, CancellationToken cancellationToken)
    {
        try
        {
            return (await ReportAsync(run.Manifest.Run, StoredReport.DefaultMode, cancellationToken)).Problem;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return exception.Message;
        }
    }

    /// <summary>Adds a period of work to the run's timings, however it ended.</summary>
    /// <returns>Why they were not written; null if they were, or if there was nothing to write.</returns>
    public async Task<string?> RecordAsync(ActiveRun run, DateTimeOffset started, DateTimeOffset finished)
    {
        int samples = run.Tally.Safe - run.Resumed;
        if (samples == 0)
            return null;
        var stretch = RunTimings.Of(run.Manifest.Run, started, finished, samples, run.MostReplicas, run.Ledger.Returned);
        try
        {
            RunTimings timings = await ReadAsync(run.Manifest.Run) is { } before ? before.And(stretch) : stretch;
            string json = JsonSerializer.Serialize(timings, EvaluationJson.Indented.ShapeOf<RunTimings>()) + "\n";
            await store.WriteFileAsync(run.Manifest.Run, TimingsFile, Encoding.UTF8.GetBytes(json), CancellationToken.None);
            return null;
        }
        catch (Exception exception)
        {
            // A failure to write timings must not hide why the work ended.
            return exception.Message;
        }
    }

    private async Task<RunTimings?> ReadAsync(RunId run)
    {
        try
        {
            return await store.ReadFileAsync(run, TimingsFile, CancellationToken.None) is { } json
                ? JsonSerializer.Deserialize(json, EvaluationJson.Indented.ShapeOf<RunTimings>())
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
