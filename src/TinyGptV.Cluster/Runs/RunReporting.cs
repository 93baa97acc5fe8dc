using TinyGptV.Cluster.Contracts;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Reports;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cluster.Runs;

/// <summary>Scores runs and puts what was found out about them into the store, beside their predictions.</summary>
internal sealed class RunReporting(IRunStore store)
{
    /// <summary>Scores what is stored and writes the report's files.</summary>
    /// <returns>The report, or why there is none.</returns>
    public async Task<RunReport> ReportAsync(RunId run, string mode, CancellationToken cancellationToken)
    {
        try
        {
            EvaluationReport report = await StoredReport.CreateAsync(store, run, mode, cancellationToken);
            return new RunReport
            {
                Tables = [ReportTables.Results(report), ReportTables.Answers(report)],
                Json = ReportJson.Write(report),
                Files = await StoredReport.WriteAsync(store, report, images: "", cancellationToken),
                Unanswered = report.Benchmarks.Sum(benchmark => benchmark.Counts.Expected - benchmark.Counts.Answered),
            };
        }
        catch (PrerequisiteException exception)
        {
            return new RunReport { Problem = exception.Message };
        }
    }

    /// <summary>Writes timings and the report in the default mode. The run is complete whether this succeeds or not.</summary>
    /// <returns>Why something was not written; null if all was.</returns>
    public async Task<string?> ConcludeAsync(RunInWork run, DateTimeOffset started, DateTimeOffset finished, CancellationToken cancellationToken)
    {
        try
        {
            await RecordAsync(run, started, finished, cancellationToken);
            return (await ReportAsync(run.Manifest.Run, StoredReport.DefaultMode, cancellationToken)).Problem;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return exception.Message;
        }
    }

    private async Task RecordAsync(RunInWork run, DateTimeOffset started, DateTimeOffset finished, CancellationToken cancellationToken)
    {
        int samples = run.Tally.Stored - run.Resumed;
        if (samples == 0)
            return;
        double seconds = (finished - started).TotalSeconds;
        var timings = new RunTimings
        {
            Run = run.Manifest.Run,
            Started = started,
            Finished = finished,
            Seconds = seconds,
            Samples = samples,
            SamplesPerSecond = seconds > 0 ? samples / seconds : 0,
            Replicas = run.MostReplicas,
            ShardsReturned = run.Ledger.Returned,
        };
        string json = System.Text.Json.JsonSerializer.Serialize(timings, EvaluationJson.Indented.RunTimings) + "\n";
        await store.WriteReportAsync(run.Manifest.Run, "timings.json", json, cancellationToken);
    }
}
