using System.Net;
using System.Text.RegularExpressions;
using TinyGptV.Cli.Verbs;

namespace TinyGptV.Cli.Tests.Observability;

/// <summary>The metrics, traces and health of a run, and the graceful stop of a replica.</summary>
public sealed partial class ObservedRunTests(ObservedRun run) : IClassFixture<ObservedRun>
{
    [Fact]
    public async Task Replica_that_is_told_to_stop_finishes_what_it_has_and_the_run_goes_on_without_it()
    {
        Assert.Equal([(HttpStatusCode.ServiceUnavailable, "draining"), (HttpStatusCode.OK, "draining")], run.HealthOfDraining);
        Assert.Equal((ExitCode.Success, ExitCode.Success), (run.ExitCodeOfDraining, run.ExitCodeOfClient));
        Assert.NotEmpty(run.ShardsOfDraining.Begun);
        Assert.Equal(run.ShardsOfDraining.Begun.Order(), run.ShardsOfDraining.Finished.Order());
        Assert.InRange(run.ShardsOfDraining.Begun.Length, 1, (ObservedRun.Samples / 2) - 1);

        // No shard was returned, and the stored answers of these shards are the replica's own.
        Assert.Equal(0, CountOf("tinygptv_shards_returned_total"));
        Assert.Equal(ObservedRun.Samples, CountOf("tinygptv_samples_total"));
        string[] traces = [.. run.Spans.Where(span => span.Name == "evaluate" && span.Attributes["tinygptv.replica"] == "r2").Select(span => span.Trace)];
        Assert.Equal(
            run.ShardsOfDraining.Finished.Order(),
            run.Spans.Where(span => span.Name == "store" && traces.Contains(span.Trace)).Select(span => int.Parse(span.Attributes["tinygptv.shard"])).Order());
        await run.AssertStoredAsync();
    }

    [Fact]
    public void Trace_shows_a_lease_its_evaluation_on_a_replica_and_what_was_stored()
    {
        Dictionary<string, OtlpSpan> all = run.Spans.ToDictionary(span => span.Id);
        OtlpSpan[] evaluations = [.. run.Spans.Where(span => span.Name == "evaluate")], stores = [.. run.Spans.Where(span => span.Name == "store")];
        OtlpSpan[] leases = [.. run.Spans.Where(span => span.Name == "lease")];

        Assert.All(run.Spans.Where(span => Own.Contains(span.Name)), span => Assert.Equal(ObservedRun.Run, span.Attributes["tinygptv.run"]));
        Assert.Equal(["r1", "r2"], evaluations.Select(span => span.Silo).Distinct().Order());
        foreach (OtlpSpan evaluation in evaluations)
        {
            OtlpSpan lease = Assert.Single(leases, lease => lease.Trace == evaluation.Trace);
            Assert.Equal(("c1", "", false, evaluation.Silo), (lease.Silo, lease.Parent, lease.IsError, lease.Attributes["tinygptv.replica"]));
            // The framework's call is between them.
            Assert.Contains(lease.Id, AncestorsOf(evaluation, all));
            Assert.Contains(stores, store => store.Parent == lease.Id);
        }

        Assert.Equal(Enumerable.Range(0, ObservedRun.Samples / 2), stores.Select(store => int.Parse(store.Attributes["tinygptv.shard"])).Order());
        Assert.All(stores, store => Assert.Equal(
            ("c1", "vsr", "2", "true"),
            (store.Silo, store.Attributes["tinygptv.benchmark"], store.Attributes["tinygptv.samples"], store.Attributes["tinygptv.written"])));
        Assert.Single(run.Spans, span => span.Name == "prepare");
        // The client requests the report too.
        Assert.Contains(run.Spans, span => span is { Name: "report", Parent: "", IsError: false });
    }

    [Fact]
    public void Collector_receives_the_number_of_samples()
    {
        OtlpSum last = run.Sums.Last(sum => sum.Name == "tinygptv.samples");

        Assert.Equal(("c1", ObservedRun.Samples, "{sample}"), (last.Silo, last.Value, last.Unit));
        Assert.Equal(("vsr", "predicted"), (last.Attributes["benchmark"], last.Attributes["outcome"]));
        Assert.Equal(["c1", "r1", "r2"], run.Sums.Select(sum => sum.Silo).Distinct().Order());
    }

    [Fact]
    public void Metrics_that_instructions_name_are_served()
    {
        string[] served = [.. Series.Matches(run.MetricsInMidRun + run.MetricsAtTheEnd).Select(match => match.Groups["name"].Value).Distinct()];
        string[] named = [.. InstructionFiles().SelectMany(file => Named.Matches(File.ReadAllText(file)).Select(match => match.Value)).Distinct()];

        Assert.Contains("tinygptv_queue", named);
        Assert.Empty(named.Except(served));
        // Conversely, all our metrics are documented.
        Assert.Empty(served.Where(name => Named.IsMatch(name)).Except(named));
        Assert.Contains(served, name => name.StartsWith("orleans_", StringComparison.Ordinal));
        Assert.Contains(served, name => name.StartsWith("dotnet_", StringComparison.Ordinal));
    }

    private static readonly string[] Own = ["prepare", "lease", "evaluate", "store", "report"];

    private static IEnumerable<string> AncestorsOf(OtlpSpan span, Dictionary<string, OtlpSpan> all)
    {
        for (OtlpSpan? at = span; at is not null; at = all.GetValueOrDefault(at.Parent))
            yield return at.Parent;
    }

    private static IEnumerable<string> InstructionFiles() =>
        new[] { "docs", "k8s" }.SelectMany(folder => Directory.EnumerateFiles(Repository.PathOf(folder), "*", SearchOption.AllDirectories))
            .Where(file => Path.GetExtension(file) is ".md" or ".yaml")
            .Append(Repository.PathOf("README.md"));

    private long CountOf(string counter)
    {
        MatchCollection series = Regex.Matches(run.MetricsAtTheEnd, $@"^{counter}\{{.*\}} (?<value>\d+)", RegexOptions.Multiline);
        Assert.NotEmpty(series);
        return series.Sum(one => long.Parse(one.Groups["value"].ValueSpan));
    }

    /// <summary>The name of a series in Prometheus; for a histogram, without the suffix.</summary>
    [GeneratedRegex(@"^(?<name>[a-z_]+?)(_bucket|_sum|_count)?(\{.*\})? [0-9.eE+-]+", RegexOptions.Multiline)]
    private static partial Regex Series { get; }

    [GeneratedRegex(@"\btinygptv_[a-z_]*[a-z]\b")]
    private static partial Regex Named { get; }
}
