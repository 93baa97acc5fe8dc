using System.Text.Json;
using TinyGptV.Backends.Scripted;
using TinyGptV.Cli.Verbs;

namespace TinyGptV.Cli.Tests.Commands;

public sealed class ExportCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly InProcess _program;

    public ExportCommandTests() => _program = new InProcess(_folder)
    {
        Model = new ScriptedModel((prompt, image) => $"{(image[0] < '8' ? "yes" : "red")} ###Human: {prompt.Length % 7} true"),
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("gqa", "gqa", "official", false)]
    [InlineData("gqa", "gqa", "tinygptv", true)]
    [InlineData("gqa", "lm-eval", "minigptv2", false)]
    [InlineData("vsr", "lm-eval", "tinygptv", false)]
    [InlineData("iconqa", "iconqa", "official", false)]
    [InlineData("iconqa", "lm-eval", "minigptv2", false)]
    public async Task Export_then_import_gives_the_same_scores(string benchmark, string format, string mode, bool uncut)
    {
        await _program.RunAsync("eval", "--runs", "{folder}/runs", "--run", "ours", "--model", "{folder}");

        var export = await _program.RunAsync(
        [
            "export", "ours", "--runs", "{folder}/runs", "--benchmark", benchmark, "--format", format, "--mode", mode, "--output", "{folder}/answers",
            .. uncut ? new[] { "--uncut" } : [],
        ]);
        string[] importing =
            ["import", "{folder}/answers", "--runs", "{folder}/runs", "--benchmark", benchmark, "--format", format, "--run", "theirs", "--system", "Theirs"];
        var import = await _program.RunAsync(importing);
        var again = await _program.RunAsync(importing);

        Assert.Equal((ExitCode.Success, ""), (export.ExitCode, export.Output));
        Assert.True(import.ExitCode == ExitCode.Success, import.Error);
        Assert.Equal(import, again);
        Assert.Equal(await ScoresAsync("ours", benchmark, mode), await ScoresAsync("theirs", benchmark, mode));
        var report = await _program.RunAsync("report", "theirs", "--runs", "{folder}/runs", "--mode", mode);
        Assert.Equal(ExitCode.Success, report.ExitCode);
        string markdown = await File.ReadAllTextAsync(
            report.Output.Split('\n').First(line => line.EndsWith(".md", StringComparison.Ordinal)), TestContext.Current.CancellationToken);
        Assert.Contains("the answers come from another system", markdown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Choices_that_are_pictures_are_not_asked_for_but_imported_and_scored()
    {
        _folder.Write("data/iconqa-images/benchmark.json", await File.ReadAllTextAsync(
            Path.Combine(Repository.Root, "benchmarks-data", "iconqa-images", "benchmark.json"), TestContext.Current.CancellationToken));
        _folder.Write("data/iconqa-images/problems.json", string.Join(',', Enumerable.Range(0, 4).Select(id =>
            $$"""
            {{(id == 0 ? "{" : "")}}"{{id}}":
                {"question": "Which?", "choices": ["choice_0.png", "choice_1.png"], "answer": {{id % 2}}, "ques_type": "choose_img"}
            """)) + "}");
        _folder.Write("data/iconqa-images/pid_splits.json", """{"choose_img_val": ["0", "1", "2", "3"]}""");
        _folder.Write("results.json", """{"accuracy": 75, "args": {}, "results": {"0": 0, "1": 1, "2": 1, "3": 1}}""");

        var eval = await _program.RunAsync(
            "eval", "--data", "{folder}/data", "--runs", "{folder}/runs", "--benchmarks", "iconqa-images", "--model", "{folder}");
        var import = await _program.RunAsync(
            "import", "{folder}/results.json", "--data", "{folder}/data", "--runs", "{folder}/runs", "--benchmark", "iconqa-images", "--format", "iconqa",
            "--run", "theirs");
        var score = await _program.RunAsync("score", "theirs", "--runs", "{folder}/runs");

        Assert.Equal(ExitCode.UserMustAct, eval.ExitCode);
        Assert.Contains("Benchmark 'iconqa-images' cannot be evaluated: its choices are pictures", eval.Error, StringComparison.Ordinal);
        Assert.Equal((ExitCode.Success, ExitCode.Success), (import.ExitCode, score.ExitCode));
        Assert.Matches(@"IconQA pictures +val +75\.0", score.Output);
        Assert.Contains("IconQA pictures has no mode tinygptv and is scored in mode official.", score.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_accounts_for_missing_unknown_and_repeated_ids()
    {
        SmallBenchmark.WriteTo(_folder, "small", 4);
        _folder.Write("log.jsonl", string.Concat(new[] { "test:1", "test:2", "test:2", "test:9" }.Select(id =>
            $$$"""{"doc": {"id": "{{{id}}}"}, "resps": [["true"]]}""" + "\n")));

        var (exitCode, output, error) = await _program.RunAsync(
            "import", "{folder}/log.jsonl", "--data", "{folder}/data", "--runs", "{folder}/runs", "--benchmark", "small", "--format", "lm-eval", "--run", "r");
        var score = await _program.RunAsync("score", "r", "--runs", "{folder}/runs");

        Assert.Equal(ExitCode.SamplesFailed, exitCode);
        Assert.Contains("2 of 4 samples answered", output, StringComparison.Ordinal);
        Assert.Contains("tinygptv score r --mode official", output, StringComparison.Ordinal);
        Assert.Contains("2 samples have no answer in the file and count as wrong: test:3, test:4", error, StringComparison.Ordinal);
        Assert.Contains("1 unknown ids in the file are ignored: test:9", error, StringComparison.Ordinal);
        Assert.Contains("1 samples have several answers; the first one counts: test:2", error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.SamplesFailed, score.ExitCode);
        using JsonDocument manifest = JsonDocument.Parse(
            await File.ReadAllTextAsync(_folder["runs", "r", "manifest.json"], TestContext.Current.CancellationToken));
        JsonElement imported = manifest.RootElement.GetProperty("benchmarks")[0].GetProperty("imported");
        Assert.Equal(("lm-eval", "log.jsonl", 2, 1, 1), (
            imported.GetProperty("format").GetString(), imported.GetProperty("file").GetString(),
            imported.GetProperty("missing").GetInt32(), imported.GetProperty("unknown").GetInt32(), imported.GetProperty("repeated").GetInt32()));
    }

    [Fact]
    public async Task Import_records_which_answer_counted_and_which_are_cut()
    {
        _folder.Write("answers.json", """
            [{"questionId": "none", "prediction": "x"}, {"questionId": "ID", "prediction": "red"}, {"questionId": "ID", "prediction": "green ### red"}]
            """.Replace("ID", await FirstQuestionAsync(), StringComparison.Ordinal));

        var import = await _program.RunAsync(
            "import", "{folder}/answers.json", "--runs", "{folder}/runs", "--benchmark", "gqa", "--format", "gqa", "--run", "r");
        var score = await _program.RunAsync("score", "r", "--runs", "{folder}/runs", "--mode", "official");

        Assert.Contains("1 samples have several answers; the last one counts", import.Error, StringComparison.Ordinal);
        Assert.Contains("1 answers have ###; modes that score the model's own turn ignore what follows", import.Error, StringComparison.Ordinal);
        Assert.Contains(
            "1 samples have several answers, of which the last counts; 1 unknown ids are ignored; 1 answers have ###", score.Output, StringComparison.Ordinal);
        using JsonDocument manifest = JsonDocument.Parse(
            await File.ReadAllTextAsync(_folder["runs", "r", "manifest.json"], TestContext.Current.CancellationToken));
        JsonElement imported = manifest.RootElement.GetProperty("benchmarks")[0].GetProperty("imported");
        Assert.Equal(("last", 1), (imported.GetProperty("counted").GetString(), imported.GetProperty("cut").GetInt32()));
    }

    [Fact]
    public async Task Export_leaves_out_what_has_no_answer_and_says_so()
    {
        SmallBenchmark.WriteTo(_folder, "small", 4);
        await _program.RunAsync("eval", "--data", "{folder}/data", "--runs", "{folder}/runs", "--run", "r", "--model", "{folder}", "--shard-size", "2");
        File.Delete(Directory.GetFiles(_folder["runs", "r", "predictions"])[0]);

        var (exitCode, _, error) = await _program.RunAsync("export", "r", "--runs", "{folder}/runs", "--format", "lm-eval", "--output", "{folder}/out");

        Assert.Equal(ExitCode.SamplesFailed, exitCode);
        Assert.Contains("2 of 4 samples have no answer and are left out", error, StringComparison.Ordinal);
        Assert.Equal(2, (await File.ReadAllLinesAsync(_folder["out"], TestContext.Current.CancellationToken)).Length);
    }

    [Theory]
    [InlineData("export r --runs {folder}/runs --format gqa --output {folder}/out", "The format 'gqa' fits none of a, b.")]
    [InlineData("export r --runs {folder}/runs --format lm-eval --output {folder}/out", "The format 'lm-eval' fits a, b. Choose one with --benchmark")]
    [InlineData("export r --runs {folder}/runs --format lm-eval --benchmark c --output {folder}/out", "has no benchmark 'c'; it has a, b")]
    [InlineData("export r --runs {folder}/runs --format lm-eval --benchmark a --output {folder}/none/out", "Choose another file with --output")]
    [InlineData("export none --runs {folder}/runs --format lm-eval --output {folder}/out", "No run 'none' in")]
    [InlineData("export r --runs {folder}/runs --format xml --output {folder}/out", "xml")]
    [InlineData("import {folder}/none --data {folder}/data --runs {folder}/runs --benchmark a --format lm-eval", "Pass the file with the answers")]
    [InlineData("import {folder}/none --data {folder}/data --runs {folder}/runs --benchmark a --format gqa", "The format 'gqa' does not fit the benchmark 'a'")]
    [InlineData("import {folder}/log --data {folder}/data --runs {folder}/runs --benchmark a --format lm-eval --run r",
        "Run 'r' exists with different settings")]
    public async Task Export_and_import_say_what_is_wrong(string commandLine, string message)
    {
        foreach (string name in new[] { "a", "b" })
            SmallBenchmark.WriteTo(_folder, name, 2);
        _folder.Write("log", """{"doc": {"id": "test:1"}, "resps": [["true"]]}""");
        await _program.RunAsync("eval", "--data", "{folder}/data", "--runs", "{folder}/runs", "--run", "r", "--model", "{folder}");

        var (exitCode, output, error) = await _program.RunAsync(commandLine.Split(' '));

        Assert.Equal(ExitCode.UserMustAct, exitCode);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.Empty(output);
    }

    private async Task<string> FirstQuestionAsync()
    {
        await _program.RunAsync("eval", "--runs", "{folder}/runs", "--run", "ours", "--model", "{folder}", "--benchmarks", "gqa");
        await _program.RunAsync("export", "ours", "--runs", "{folder}/runs", "--benchmark", "gqa", "--format", "gqa", "--output", "{folder}/ours");
        using JsonDocument answers = JsonDocument.Parse(await File.ReadAllTextAsync(_folder["ours"], TestContext.Current.CancellationToken));
        return answers.RootElement[0].GetProperty("questionId").GetString()!;
    }

    private async Task<string> ScoresAsync(string run, string benchmark, string mode)
    {
        var score = await _program.RunAsync("score", run, "--runs", "{folder}/runs", "--mode", mode, "--format", "json");
        Assert.True(score.ExitCode == ExitCode.Success, score.Error);
        using JsonDocument report = JsonDocument.Parse(score.Output);
        IEnumerable<JsonElement> all = report.RootElement.GetProperty("benchmarks").EnumerateArray();
        return all.Single(one => one.GetProperty("benchmark").GetString() == benchmark).GetProperty("overall").GetRawText();
    }
}
