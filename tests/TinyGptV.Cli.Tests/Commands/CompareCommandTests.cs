using System.Text.Json;
using TinyGptV.Backends.Scripted;
using TinyGptV.Cli.Verbs;

namespace TinyGptV.Cli.Tests.Commands;

public sealed class CompareCommandTests : IDisposable
{
    private static readonly string[] Compare = ["compare", "before", "after", "--runs", "{folder}/runs"];

    private readonly TemporaryFolder _folder = new();
    private readonly StartedOnce<SampleContainer> _storage;
    private readonly InProcess _program;

    public CompareCommandTests(StartedOnce<SampleContainer> storage) => (_storage, _program) = (storage, new InProcess(_folder));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Compare_shows_what_changed_and_whether_it_is_more_than_chance()
    {
        SmallBenchmark.WriteTo(_folder, "small", 40);
        await EvaluateAsync("before", "true");
        await EvaluateAsync("after", "true or false");

        var (exitCode, output, _) = await _program.RunAsync([.. Compare, "--samples", "2"]);

        Assert.Equal(ExitCode.Success, exitCode);
        Assert.Contains("A = before: scripted, mode tinygptv; B = after: scripted, mode tinygptv", output, StringComparison.Ordinal);
        // Of each image's two statements the false one is right now: 20 images for the better, none for the worse.
        Assert.Contains("Small: B is better in accuracy: +50.0 (", output, StringComparison.Ordinal);
        Assert.Contains("p < 0.0001, by the exact sign-flip test over images.", output, StringComparison.Ordinal);
        Assert.Contains("Statement 0.", output, StringComparison.Ordinal);
        Assert.Contains("2 of 20; compare-samples.csv lists all.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compare_a_run_with_itself_shows_no_difference()
    {
        SmallBenchmark.WriteTo(_folder, "small", 10);
        await EvaluateAsync("before", "true");

        var (exitCode, output, _) = await _program.RunAsync("compare", "before", "before", "--runs", "{folder}/runs");

        Assert.Equal(ExitCode.Success, exitCode);
        Assert.Contains("Small: no significant difference in accuracy: 0.0", output, StringComparison.Ordinal);
        Assert.DoesNotContain("What differs", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compare_json_is_one_document_and_files_list_every_changed_sample()
    {
        SmallBenchmark.WriteTo(_folder, "small", 12);
        await EvaluateAsync("before", "true");
        await EvaluateAsync("after", "false");

        var (exitCode, output, error) = await _program.RunAsync([.. Compare, "--format", "json", "--output", "{folder}/compared"]);

        Assert.Equal(ExitCode.Success, exitCode);
        using JsonDocument document = JsonDocument.Parse(output);
        JsonElement overall = document.RootElement.GetProperty("benchmarks")[0].GetProperty("overall");
        Assert.Equal((6, 6, 0), (overall.GetProperty("better").GetInt32(), overall.GetProperty("worse").GetInt32(), overall.GetProperty("same").GetInt32()));
        Assert.Equal(1, overall.GetProperty("pValue").GetDouble());
        string[] samples = await File.ReadAllLinesAsync(_folder["compared", "compare-samples.csv"], TestContext.Current.CancellationToken);
        Assert.Equal(13, samples.Length);
        Assert.Equal(6, samples.Count(line => line.Contains(",better,0,1,", StringComparison.Ordinal)));
        string[] rows = await File.ReadAllLinesAsync(_folder["compared", "compare.csv"], TestContext.Current.CancellationToken);
        Assert.StartsWith("before,after,tinygptv,tinygptv,small,test,accuracy,12,6,0.5,0.5,0,", rows[1], StringComparison.Ordinal);
        string markdown = await File.ReadAllTextAsync(_folder["compared", "compare.md"], TestContext.Current.CancellationToken);
        Assert.StartsWith("# before and after\n", markdown, StringComparison.Ordinal);
        Assert.Contains(_folder["compared", "compare.md"], error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compare_counts_and_lists_samples_that_one_run_lacks()
    {
        SmallBenchmark.WriteTo(_folder, "small", 10);
        await EvaluateAsync("before", "true");
        await EvaluateAsync("after", "true", "--limit", "6");

        var (exitCode, output, _) = await _program.RunAsync([.. Compare, "--output", "{folder}/compared"]);

        Assert.Equal(ExitCode.Success, exitCode);
        Assert.Contains("4 samples have a prediction only in A and are left out: test:10, test:7, test:8, test:9.", output, StringComparison.Ordinal);
        Assert.Contains("limit", output, StringComparison.Ordinal);
        string[] samples = await File.ReadAllLinesAsync(_folder["compared", "compare-samples.csv"], TestContext.Current.CancellationToken);
        Assert.Equal(4, samples.Count(line => line.Contains("only in a", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Compare_reads_runs_in_object_storage()
    {
        SampleContainer container = await _storage.GetAsync();
        foreach ((string name, string value) in container.VariablesFor(_folder, "compared"))
            _program.Variables[name] = value;
        foreach ((string run, string answer) in new[] { ("before", "yes"), ("after", "no") })
        {
            _program.Model = new ScriptedModel((_, _) => answer);
            var eval = await _program.RunAsync("eval", "--run", run, "--benchmarks", "gqa", "--limit", "10");
            Assert.True(eval.ExitCode == ExitCode.Success, eval.Error);
        }

        var (exitCode, output, error) = await _program.RunAsync("compare", "before", "after", "--runs", container.UriOf("compared"));

        Assert.True(exitCode == ExitCode.Success, error);
        Assert.Contains("A = before: scripted, mode tinygptv; B = after: scripted, mode tinygptv", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compare_refuses_other_questions_under_the_same_identity()
    {
        SmallBenchmark.WriteTo(_folder, "small", 4);
        await EvaluateAsync("before", "true");
        _folder.Write("data/small/test.jsonl", SmallBenchmark.Annotations(4).Replace("Statement 2", "Something else", StringComparison.Ordinal));
        await EvaluateAsync("after", "true");

        var (exitCode, _, error) = await _program.RunAsync(Compare);

        Assert.Equal(ExitCode.UserMustAct, exitCode);
        Assert.Contains("1 of 4 that differ under the same id", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compare_refuses_runs_without_a_benchmark_in_common()
    {
        SmallBenchmark.WriteTo(_folder, "a", 2);
        SmallBenchmark.WriteTo(_folder, "b", 2);
        await EvaluateAsync("before", "true", "--benchmarks", "a");
        await EvaluateAsync("after", "true", "--benchmarks", "b");

        var (exitCode, _, error) = await _program.RunAsync(Compare);

        Assert.Equal(ExitCode.UserMustAct, exitCode);
        Assert.Contains("'before' has a, 'after' has b", error, StringComparison.Ordinal);
    }

    private async Task EvaluateAsync(string run, string answer, params string[] more)
    {
        _program.Model = new ScriptedModel((_, _) => answer);
        var (exitCode, _, error) = await _program.RunAsync(
            ["eval", "--data", "{folder}/data", "--runs", "{folder}/runs", "--model", "{folder}", "--run", run, .. more]);
        Assert.True(exitCode == ExitCode.Success, error);
    }
}
