using System.Text.Json;
using TinyGptV.Backends.Scripted;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Cluster.Tests.Doubles;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cluster.Tests.Runs;

public class RunReportingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_that_completes_leaves_reports_and_timings_in_the_store()
    {
        await using var cluster = await EvaluationCluster.StartAsync([new ScriptedModel()]);
        RunId run = await cluster.StartRunAsync();
        await cluster.WatchToTheEndAsync(run);

        Assert.Equal(["predictions.csv", "report.csv", "report.html", "report.md", "state.json", "timings.json"], cluster.Store.Reports(run));
        RunTimings timings = JsonSerializer.Deserialize(cluster.Store.Report(run, "timings.json"), EvaluationJson.Indented.ShapeOf<RunTimings>())!;
        Assert.Equal((run, cluster.Benchmarks.Samples, 1, 0), (timings.Run, timings.Samples, timings.Replicas, timings.ShardsReturned));
    }

    [Fact]
    public async Task Report_crosses_the_wire_with_tables_json_and_the_number_of_unanswered_samples()
    {
        await using var cluster = await EvaluationCluster.StartAsync([new ScriptedModel()]);
        RunId run = await cluster.StartRunAsync();
        await cluster.WatchToTheEndAsync(run);

        RunReport report = await cluster.Run(run).ReportAsync("tinygptv", Token).SingleAsync(Token);

        Assert.Null(report.Problem);
        Assert.Equal(2, report.Tables.Length);
        Assert.Equal(1, report.Unanswered);
        Assert.Equal(4, report.Files.Length);
        using JsonDocument json = JsonDocument.Parse(report.Json);
        Assert.Equal(run.Value, json.RootElement.GetProperty("run").GetString());
    }

    [Theory]
    [InlineData("guess", "has no scoring mode 'guess'")]
    public async Task Report_in_an_unknown_mode_is_an_answer_not_an_exception(string mode, string problem)
    {
        await using var cluster = await EvaluationCluster.StartAsync([new ScriptedModel()]);
        RunId run = await cluster.StartRunAsync();
        await cluster.WatchToTheEndAsync(run);

        Assert.Contains(problem, (await cluster.Run(run).ReportAsync(mode, Token).SingleAsync(Token)).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_mode_that_a_benchmark_does_not_have_is_refused()
    {
        await using var cluster = await EvaluationCluster.StartAsync([new ScriptedModel()]);

        RunStart start = await cluster.Catalog.StartAsync(new RunRequest { Mode = "guess" }, Token).SingleAsync(Token);

        Assert.Equal(RunStartStatus.Refused, start.Status);
        Assert.Contains("has no scoring mode 'guess'", start.Problem, StringComparison.Ordinal);
    }
}
