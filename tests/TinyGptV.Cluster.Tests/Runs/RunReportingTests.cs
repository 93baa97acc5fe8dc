using System.Text.Json;
using TinyGptV.Backends.Scripted;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Cluster.Runs;
using TinyGptV.Cluster.Tests.Doubles;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cluster.Tests.Runs;

public class RunReportingTests
{
    private static readonly string[] Files = ["report.csv", "report.md", "report.html", "predictions.csv"];

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

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Report_is_written_once_however_many_watch_the_run_and_ask(int watchers)
    {
        await using var cluster = await EvaluationCluster.StartAsync([new ScriptedModel()]);
        RunId run = await cluster.StartRunAsync();
        var reports = await Task.WhenAll(Enumerable.Range(0, watchers).Select(_ => WatchAndAskAsync()));
        await cluster.WatchToTheEndAsync(run);

        Assert.Equal([1, 1, 1, 1], Files.Select(file => cluster.Store.Writes(run, file)));
        Assert.All(reports, report => Assert.Null(report.Problem));
        Assert.InRange(reports.Select(report => report.Json).Distinct().Count(), 0, 1);

        async Task<RunReport> WatchAndAskAsync()
        {
            await cluster.WatchToTheEndAsync(run);
            return await AskAsync(cluster, run);
        }
    }

    [Fact]
    public async Task Report_in_another_mode_is_another_report_and_is_made_once_too()
    {
        await using var cluster = await EvaluationCluster.StartAsync([new ScriptedModel()]);
        RunId run = await cluster.StartRunAsync();
        await cluster.WatchToTheEndAsync(run);

        await AskAsync(cluster, run, "tinygptv-root");
        await AskAsync(cluster, run);
        await AskAsync(cluster, run, "tinygptv-root");

        Assert.Equal((1, 1), (cluster.Store.Writes(run, "report.csv"), cluster.Store.Writes(run, "report.tinygptv-root.csv")));
    }

    [Fact]
    public async Task Report_of_a_run_that_goes_on_is_a_new_one()
    {
        var model = new WatchedModel { HoldAfter = 15 };
        await using var cluster = await EvaluationCluster.StartAsync([model]);
        RunId run = await cluster.StartRunAsync();
        await model.WhenItHolds.WaitAsync(Token);
        await cluster.Run(run).CancelAsync(Token);

        RunReport part = await AskAsync(cluster, run);
        Assert.Equal(part.Json, (await AskAsync(cluster, run)).Json);
        Assert.Equal(1, cluster.Store.Writes(run, "report.csv"));
        model.Release();
        await cluster.StartRunAsync();
        await cluster.WatchToTheEndAsync(run);
        RunReport whole = await AskAsync(cluster, run);

        Assert.InRange(part.Unanswered, 2, cluster.Benchmarks.Samples - 1);
        Assert.Equal(1, whole.Unanswered); // the sample without an image
        Assert.Equal(2, cluster.Store.Writes(run, "report.csv"));
    }

    [Fact]
    public async Task Report_of_a_run_whose_store_others_write_is_a_new_one()
    {
        var (reporting, store, run) = await CompleteAsync();
        RunReport whole = await reporting.ReportAsync(run, "tinygptv", Token);
        var shard = new ShardIndex(0);
        ReadOnlyMemory<byte> lines = (await store.ReadShardAsync(run, shard, Token)).Lines;

        store.Remove(run, shard);
        RunReport part = await reporting.ReportAsync(run, "tinygptv", Token);
        var failed = PredictionLines.Read(lines.Span, "memory")
            .Select(prediction => prediction with { Generation = null, Ranking = null, Failure = new SampleFailure(SampleFailureKind.RequestRefused, "lost") });
        await store.TryWriteShardAsync(run, shard, PredictionLines.Write([.. failed]), Token);
        // As many shards as at first, but other ones.
        RunReport replaced = await reporting.ReportAsync(run, "tinygptv", Token);

        Assert.Equal(1, whole.Unanswered);
        Assert.Equal(3, new[] { whole, part, replaced }.Select(report => report.Json).Distinct().Count());
        Assert.Equal(part.Unanswered, replaced.Unanswered);
        Assert.Equal(3, store.Writes(run, "report.csv"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Report_whose_file_was_removed_or_replaced_is_written_again(bool isRemoved)
    {
        var (reporting, store, run) = await CompleteAsync();
        await reporting.ReportAsync(run, "tinygptv", Token);
        string written = store.Report(run, "report.md");

        if (isRemoved)
            store.Remove(run, "report.md");
        else
            await store.WriteFileAsync(run, "report.md", "mine"u8.ToArray(), Token);
        await reporting.ReportAsync(run, "tinygptv", Token);
        await reporting.ReportAsync(run, "tinygptv", Token);

        Assert.Equal(written, store.Report(run, "report.md"));
        Assert.Equal(2, store.Writes(run, "report.csv"));
    }

    [Fact]
    public async Task Reports_asked_for_at_once_are_made_once_and_each_asker_may_leave()
    {
        var (reporting, store, run) = await CompleteAsync();
        using var gone = new CancellationTokenSource();
        Task<RunReport>[] asked = [.. Enumerable.Range(0, 8).Select(number => reporting.ReportAsync(run, "tinygptv", number == 0 ? gone.Token : Token))];
        await gone.CancelAsync();

        RunReport[] reports = await Task.WhenAll(asked[1..]);
        Assert.All(reports, report => Assert.Null(report.Problem));
        // The coordinator that left may have written some of the files.
        Assert.InRange(store.Writes(run, "report.csv"), 1, 2);
        Assert.Equal(1, store.Writes(run, "predictions.csv"));
    }

    /// <summary>A store with a complete run without a report, and another coordinator to write it.</summary>
    private static async Task<(RunReporting Reporting, InMemoryRunStore Store, RunId Run)> CompleteAsync()
    {
        await using var cluster = await EvaluationCluster.StartAsync([new ScriptedModel()]);
        RunId run = await cluster.StartRunAsync();
        await cluster.WatchToTheEndAsync(run);
        var copy = new InMemoryRunStore();
        await copy.TryCreateAsync(cluster.Store.Manifest(run), Token);
        foreach (ShardIndex shard in await cluster.Store.ListShardsAsync(run, Token))
            await copy.TryWriteShardAsync(run, shard, (await cluster.Store.ReadShardAsync(run, shard, Token)).Lines, Token);
        return (new RunReporting(copy), copy, run);
    }

    private static async Task<RunReport> AskAsync(EvaluationCluster cluster, RunId run, string mode = "tinygptv") =>
        await cluster.Run(run).ReportAsync(mode, Token).SingleAsync(Token);
}
