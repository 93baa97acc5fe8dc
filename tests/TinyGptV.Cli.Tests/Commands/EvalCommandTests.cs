using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using TinyGptV.Backends.Scripted;
using TinyGptV.Cli.Verbs;
using TinyGptV.Evaluation.Reports.Files;
using TinyGptV.Evaluation.Reports;

namespace TinyGptV.Cli.Tests.Commands;

public sealed class EvalCommandTests : IDisposable
{
    private static readonly string[] Eval = ["eval", "--data", "{folder}/data", "--runs", "{folder}/runs", "--model", "{folder}", "--run", "r"];

    private readonly TemporaryFolder _folder = new();
    private readonly InProcess _program;

    public EvalCommandTests() => _program = new InProcess(_folder);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Eval_prints_the_table_and_writes_reports_and_timings()
    {
        SmallBenchmark.WriteTo(_folder, "small", 10);

        var (exitCode, output, error) = await _program.RunAsync(Eval);

        Assert.Equal(ExitCode.Success, exitCode);
        Assert.Contains("Accuracy in percent", output, StringComparison.Ordinal);
        Assert.Matches(@"r: scripted, mode tinygptv .*\*", output);
        Assert.Contains("r: 100 % small 10/10", error, StringComparison.Ordinal);
        foreach (string file in new[] { "report.csv", "report.md", "report.html", "predictions.csv" })
        {
            Assert.True(File.Exists(_folder["runs", "r", file]));
            Assert.Contains(_folder["runs", "r", file], error, StringComparison.Ordinal);
        }
        using JsonDocument timings = JsonDocument.Parse(
            await File.ReadAllTextAsync(_folder["runs", "r", "timings.json"], TestContext.Current.CancellationToken));
        Assert.Equal(10, timings.RootElement.GetProperty("samples").GetInt32());
        Assert.Equal(1, timings.RootElement.GetProperty("replicas").GetInt32());
    }

    [Fact]
    public async Task Eval_with_a_script_needs_no_model_and_says_that_its_answers_mean_nothing()
    {
        SmallBenchmark.WriteTo(_folder, "small", 4);
        _program.Model = null!;

        var (exitCode, output, error) = await _program.RunAsync([.. Eval, "--scripted", "0"]);

        Assert.Equal(ExitCode.Success, exitCode);
        Assert.Contains("r: scripted", output, StringComparison.Ordinal);
        Assert.Contains("the answers are meaningless", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Eval_same_command_again_evaluates_nothing_and_says_so()
    {
        SmallBenchmark.WriteTo(_folder, "small", 10);
        var first = await _program.RunAsync(Eval);
        _program.Model = new ScriptedModel((_, _) => throw new InvalidOperationException("Nothing is left to ask."));

        var second = await _program.RunAsync(Eval);

        Assert.Equal(ExitCode.Success, second.ExitCode);
        Assert.Equal(first.Output, second.Output);
        Assert.Contains("was already complete", second.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Eval_without_a_name_continues_the_run_with_the_same_settings()
    {
        SmallBenchmark.WriteTo(_folder, "small", 4);
        string[] nameless = ["eval", "--data", "{folder}/data", "--runs", "{folder}/runs", "--model", "{folder}"];

        await _program.RunAsync(nameless);
        await _program.RunAsync(nameless);
        await _program.RunAsync([.. nameless, "--limit", "2"]);

        Assert.Equal(2, Directory.GetDirectories(_folder["runs"]).Length);
    }

    [Fact]
    public async Task Eval_continues_after_a_loss_with_what_is_missing()
    {
        SmallBenchmark.WriteTo(_folder, "small", 10);
        var first = await _program.RunAsync([.. Eval, "--shard-size", "2"]);
        string lost = Directory.GetFiles(_folder["runs", "r", "predictions"]).Order().ElementAt(2);
        byte[] content = await File.ReadAllBytesAsync(lost, TestContext.Current.CancellationToken);
        File.Delete(lost);

        var second = await _program.RunAsync([.. Eval, "--shard-size", "2"]);

        Assert.Equal(first.Output, second.Output);
        Assert.Contains("8 of 10 samples were already predicted", second.Error, StringComparison.Ordinal);
        Assert.Equal(content, await File.ReadAllBytesAsync(lost, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Eval_json_is_one_document_with_the_report()
    {
        SmallBenchmark.WriteTo(_folder, "small", 10);

        var (exitCode, output, error) = await _program.RunAsync([.. Eval, "--format", "json"]);

        Assert.Equal(ExitCode.Success, exitCode);
        using JsonDocument document = JsonDocument.Parse(output);
        Assert.Equal("r", document.RootElement.GetProperty("run").GetString());
        Assert.Equal(10, document.RootElement.GetProperty("samples").GetInt32());
        Assert.Equal("tinygptv", document.RootElement.GetProperty("report").GetProperty("mode").GetString());
        Assert.Contains("r: 100 %", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Eval_benchmarks_are_evaluated_in_the_order_that_was_asked_for()
    {
        foreach (string name in new[] { "a", "b", "c" })
            SmallBenchmark.WriteTo(_folder, name, 2);

        var (_, output, _) = await _program.RunAsync([.. Eval, "--benchmarks", "c, a", "--format", "json"]);

        using JsonDocument document = JsonDocument.Parse(output);
        JsonElement benchmarks = document.RootElement.GetProperty("report").GetProperty("benchmarks");
        Assert.Equal(["c", "a"], benchmarks.EnumerateArray().Select(one => one.GetProperty("benchmark").GetString()));
    }

    [Fact]
    public async Task Eval_missing_image_finishes_with_1_and_the_other_predictions_stay()
    {
        SmallBenchmark.WriteTo(_folder, "small", 10);
        File.Delete(_folder["data", "small", "images", SmallBenchmark.ImageOf(4)]);

        var refused = await _program.RunAsync(Eval);
        var (exitCode, output, error) = await _program.RunAsync([.. Eval, "--allow-partial"]);

        Assert.Equal((ExitCode.UserMustAct, ""), (refused.ExitCode, refused.Output));
        Assert.Contains("Benchmark 'small' is incomplete: 1 image is missing: 0002.jpg.", refused.Error, StringComparison.Ordinal);
        Assert.Contains("--allow-partial", refused.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.SamplesFailed, exitCode);
        Assert.Contains(
            "**Partial: the files of Small are incomplete: 1 image is missing: 0002.jpg.**",
            await File.ReadAllTextAsync(_folder["runs", "r", "report.md"], TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains("2 of 10 samples have no answer", error, StringComparison.Ordinal);
        Assert.Contains("Accuracy in percent", output, StringComparison.Ordinal);
        string predictions = await File.ReadAllTextAsync(_folder["runs", "r", "predictions.csv"], TestContext.Current.CancellationToken);
        Assert.Contains("The image '0002.jpg' was expected in 'images' and is not there.", predictions, StringComparison.Ordinal);
        Assert.DoesNotContain(_folder.Path, predictions, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Eval_image_folder_that_goes_away_in_mid_run_stops_it_and_the_same_command_continues()
    {
        SmallBenchmark.WriteTo(_folder, "small", 40);
        _program.Model = new ScriptedModel(Answer);
        var whole = await _program.RunAsync([.. Eval[..^1], "whole", "--shard-size", "2"]);
        int asked = 0;
        _program.Model = new ScriptedModel((prompt, digest) =>
        {
            if (Interlocked.Increment(ref asked) == 5)
                Directory.Move(_folder["data", "small", "images"], _folder["away"]);
            return Answer(prompt, digest);
        });

        var stopped = await _program.RunAsync([.. Eval, "--shard-size", "2"]);
        var refused = await _program.RunAsync([.. Eval, "--shard-size", "2"]);
        Directory.Move(_folder["away"], _folder["data", "small", "images"]);
        var (exitCode, output, error) = await _program.RunAsync([.. Eval, "--shard-size", "2"]);

        Assert.Equal((ExitCode.UserMustAct, ExitCode.UserMustAct, ExitCode.Success), (stopped.ExitCode, refused.ExitCode, exitCode));
        Assert.Contains("No replica can read what the run needs.", stopped.Error, StringComparison.Ordinal);
        Assert.Contains($"in '{_folder["data"]}'", stopped.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("internal error", stopped.Error, StringComparison.Ordinal);
        Assert.Contains("Benchmark 'small' is incomplete", refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("no answer", error, StringComparison.Ordinal);
        Assert.Contains("r: scripted", output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, whole.ExitCode);
        Assert.Equal(Predictions("whole"), Predictions("r"));

        string[] Predictions(string run) => [.. Directory.GetFiles(_folder["runs", run, "predictions"]).Order(StringComparer.Ordinal).Select(File.ReadAllText)];

        static string Answer(string prompt, string digest) => (prompt + digest).Sum(letter => letter) % 2 == 0 ? "true" : "false";
    }

    [Fact]
    public async Task Eval_images_behind_a_link_are_refused_beforehand_unless_their_folder_is_named()
    {
        SmallBenchmark.WriteTo(_folder, "small", 4);
        Directory.Move(_folder["data", "small", "images"], _folder["pictures"]);
        Directory.CreateSymbolicLink(_folder["data", "small", "images"], _folder["pictures"]);

        var refused = await _program.RunAsync(Eval);
        var verified = await _program.RunAsync("data", "verify", "small", "{folder}/data");
        var named = await _program.RunAsync([.. Eval, "--image-root", "{folder}/pictures"]);
        var verifiedAsNamed = await _program.RunAsync("data", "verify", "small", "{folder}/data", "--image-root", "{folder}/pictures");

        Assert.Equal((ExitCode.UserMustAct, ExitCode.UserMustAct, ExitCode.Success), (refused.ExitCode, verified.ExitCode, named.ExitCode));
        string link = $"the symbolic link '{_folder["data", "small", "images"]}'";
        Assert.Contains(link, refused.Error, StringComparison.Ordinal);
        Assert.Contains($"--image-root {_folder["pictures"]}", refused.Error, StringComparison.Ordinal);
        Assert.Contains(link, verified.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("symbolic", verifiedAsNamed.Error, StringComparison.Ordinal);
        Assert.Matches("missing images +0 +0", verifiedAsNamed.Output);
    }

    [Fact]
    public async Task Eval_image_name_that_leads_out_is_a_failed_sample()
    {
        SmallBenchmark.WriteTo(_folder, "small", 4);
        string annotations = _folder["data", "small", "test.jsonl"];
        string text = await File.ReadAllTextAsync(annotations, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            annotations, text.Replace("\"0001.jpg\"", "\"../benchmark.json\"", StringComparison.Ordinal), TestContext.Current.CancellationToken);

        var (exitCode, _, error) = await _program.RunAsync([.. Eval, "--allow-partial"]);

        Assert.Equal(ExitCode.SamplesFailed, exitCode);
        Assert.Contains("2 of 4 samples have no answer", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("12", "10", "", ExitCode.UserMustAct, "10 of 12 samples found")]
    [InlineData("10", "6", "", ExitCode.UserMustAct, "the samples use 5 images, not 6")]
    [InlineData("10", "5", "", ExitCode.Success, "")]
    [InlineData("12", "10", "--limit 10", ExitCode.UserMustAct, "10 of 12 samples found")]
    [InlineData("12", "10", "--limit 9", ExitCode.Success, "")]
    [InlineData("12", "10", "--allow-partial", ExitCode.Success, "")]
    public async Task Eval_fewer_samples_than_official_are_refused_unless_a_part_was_chosen_or_allowed(
        string samples, string images, string options, int expected, string message)
    {
        SmallBenchmark.WriteTo(_folder, "small", 10);
        string counts = $"\"expected\": {{ \"samples\": {samples}, \"images\": {images} }}, \"request\"";
        _folder.Write("data/small/benchmark.json", SmallBenchmark.Definition("small").Replace("\"request\"", counts, StringComparison.Ordinal));

        var (exitCode, _, error) = await _program.RunAsync([.. Eval, .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

        Assert.Equal(expected, exitCode);
        Assert.Contains(message, error, StringComparison.Ordinal);
        if (exitCode != ExitCode.Success)
            return;
        string report = await File.ReadAllTextAsync(_folder["runs", "r", "report.md"], TestContext.Current.CancellationToken);
        Assert.Equal(
            options == "--allow-partial",
            report.Contains("**Partial: the files of Small are incomplete: 10 of 12 samples found", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Eval_folder_with_questions_and_pictures_of_ones_own_needs_no_definition()
    {
        _folder.Write("data/mine/questions.csv", "image,question,answer,room\na.jpg,What colour?,Green,kitchen\nimages/b.jpg,Is it wet?,yes,hall\n");
        _folder.Write("data/mine/a.jpg", "a");
        _folder.Write("data/mine/images/b.jpg", "b");
        _folder.Write("data/mine-too/questions.csv", "image,question,choices,answer\na.jpg,Which?,one|two,two\n");
        _folder.Write("data/mine-too/images/a.jpg", "a");
        _program.Model = new ScriptedModel((prompt, _) =>
            prompt.Contains("colour", StringComparison.Ordinal) ? "green ###" : prompt.Contains("Which", StringComparison.Ordinal) ? "two" : "no");

        var (exitCode, _, error) = await _program.RunAsync([.. Eval, "--mode", "official"]);

        Assert.True(exitCode == ExitCode.Success, error);
        string[] report = await File.ReadAllLinesAsync(_folder["runs", "r", "report.official.csv"], TestContext.Current.CancellationToken);
        Assert.Contains(report, line => line.StartsWith("r,mine,all,official,accuracy,,,2,0.5", StringComparison.Ordinal));
        Assert.Contains(report, line => line.StartsWith("r,mine,all,official,accuracy,room,kitchen,1,1", StringComparison.Ordinal));
        Assert.Contains(report, line => line.StartsWith("r,mine-too,all,official,accuracy,,,1,1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Eval_unreadable_annotation_is_refused_before_anything_is_asked()
    {
        SmallBenchmark.WriteTo(_folder, "small", 4);
        await File.AppendAllTextAsync(_folder["data", "small", "test.jsonl"], "{ \"caption\": \"cut off", TestContext.Current.CancellationToken);

        var (exitCode, output, error) = await _program.RunAsync(Eval);

        Assert.Equal(ExitCode.UserMustAct, exitCode);
        Assert.Contains("test.jsonl: expected JSON, found an error after 4 complete records", error, StringComparison.Ordinal);
        Assert.Empty(output);
        Assert.False(Directory.Exists(_folder["runs"]));
    }

    [Theory]
    [InlineData("--benchmarks", "small,none", "There is no benchmark 'none'")]
    [InlineData("--mode", "official", "has no scoring mode 'official'; it has tinygptv")]
    [InlineData("--model", "{folder}/none", "There is no model folder")]
    [InlineData("--data", "{folder}/none", "set it with --data")]
    public async Task Eval_option_that_names_nothing_says_what_there_is(string option, string value, string message)
    {
        SmallBenchmark.WriteTo(_folder, "small", 4);
        string[] arguments = [.. Eval.Where((argument, index) => argument != option && (index == 0 || Eval[index - 1] != option)), option, value];

        var (exitCode, output, error) = await _program.RunAsync(arguments);

        Assert.Equal(ExitCode.UserMustAct, exitCode);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        Assert.Empty(output);
    }

    [Fact]
    public async Task Eval_folder_of_runs_that_cannot_be_written_says_so()
    {
        SmallBenchmark.WriteTo(_folder, "small", 4);
        _folder.Write("runs", "a file where the folder should be");

        var (exitCode, _, error) = await _program.RunAsync(Eval);

        Assert.Equal(ExitCode.UserMustAct, exitCode);
        Assert.Contains("choose another with --runs", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Eval_run_of_that_name_with_other_settings_is_refused()
    {
        SmallBenchmark.WriteTo(_folder, "small", 4);
        await _program.RunAsync(Eval);

        var (exitCode, _, error) = await _program.RunAsync([.. Eval, "--limit", "2"]);

        Assert.Equal(ExitCode.UserMustAct, exitCode);
        Assert.Contains("'r'", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Eval_truncated_predictions_are_refused_with_advice()
    {
        SmallBenchmark.WriteTo(_folder, "small", 4);
        await _program.RunAsync(Eval);
        string shard = Directory.GetFiles(_folder["runs", "r", "predictions"]).Single();
        byte[] bytes = await File.ReadAllBytesAsync(shard, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(shard, bytes[..^10], TestContext.Current.CancellationToken);

        var (exitCode, _, error) = await _program.RunAsync(Eval);

        Assert.Equal(ExitCode.UserMustAct, exitCode);
        Assert.Contains("shard-000000.jsonl", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Eval_interrupted_keeps_what_is_predicted_and_continues_later()
    {
        SmallBenchmark.WriteTo(_folder, "small", 12);
        using var interrupt = new CancellationTokenSource();
        // The model answers the first images and then interrupts the program instead of answering.
        _program.Model = new InterruptingModel(new ScriptedModel(), answers: 6, interrupt);
        var interrupted = await _program.RunAsync(interrupt.Token, [.. Eval, "--shard-size", "2"]);

        int stored = Directory.GetFiles(_folder["runs", "r", "predictions"]).Length;
        _program.Model = new ScriptedModel();
        var continued = await _program.RunAsync([.. Eval, "--shard-size", "2"]);

        Assert.Equal(ExitCode.Interrupted, interrupted.ExitCode);
        Assert.Contains("the same command continues the run 'r'", interrupted.Error, StringComparison.Ordinal);
        Assert.InRange(stored, 1, 5);
        Assert.Equal(ExitCode.Success, continued.ExitCode);
        Match stopped = Regex.Match(interrupted.Error, @"Stopped\. (\d+) of 12 samples are predicted and kept;");
        int kept = int.Parse(stopped.Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.InRange(kept, 2 * stored, 6);
        Assert.Contains($"{kept} of 12 samples were already predicted", continued.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["runs", "r", "partial"]));
    }

    [Fact]
    public async Task Eval_retry_failed_asks_the_samples_of_a_picture_that_is_back_and_no_others()
    {
        SmallBenchmark.WriteTo(_folder, "small", 10);
        string image = _folder["data", "small", "images", SmallBenchmark.ImageOf(4)];
        File.Move(image, _folder["picture"]);
        string[] unnamed = [.. Eval.SkipLast(2)];
        Assert.Equal(ExitCode.SamplesFailed, (await _program.RunAsync([.. unnamed, "--allow-partial"])).ExitCode);
        File.Move(_folder["picture"], image);

        // Without a name, the run is found by its settings, though its manifest tells what was missing.
        var (exitCode, _, error) = await _program.RunAsync([.. unnamed, "--retry-failed"]);

        Assert.Equal(ExitCode.Success, exitCode);
        Assert.Contains("8 of 10 samples were already predicted", error, StringComparison.Ordinal);
        string run = Assert.Single(Directory.GetDirectories(_folder["runs"]));
        string report = await File.ReadAllTextAsync(Path.Combine(run, "report.md"), TestContext.Current.CancellationToken);
        Assert.Contains("Samples asked again after a failure: 2.", report, StringComparison.Ordinal);
        Assert.DoesNotContain("Partial", report, StringComparison.Ordinal);
        string past = Assert.Single(Directory.GetFiles(Path.Combine(run, "history")));
        Assert.Equal("shard-000000.1.jsonl", Path.GetFileName(past));
        Assert.Contains("is not there", await File.ReadAllTextAsync(past, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    public async Task Score_prints_what_eval_printed(string format)
    {
        SmallBenchmark.WriteTo(_folder, "small", 10);
        var eval = await _program.RunAsync([.. Eval, "--format", format]);
        Directory.Delete(_folder["data"], recursive: true);

        var score = await _program.RunAsync("score", "r", "--runs", "{folder}/runs", "--format", format);

        Assert.Equal(ExitCode.Success, score.ExitCode);
        if (format == "text")
            Assert.Equal(eval.Output, score.Output);
        else
        {
            using JsonDocument whole = JsonDocument.Parse(eval.Output), report = JsonDocument.Parse(score.Output);
            Assert.True(JsonElement.DeepEquals(report.RootElement, whole.RootElement.GetProperty("report")));
        }
    }

    [Fact]
    public async Task Report_makes_the_files_of_eval_again_byte_for_byte()
    {
        SmallBenchmark.WriteTo(_folder, "small", 10);
        await _program.RunAsync(Eval);
        string[] names = ["report.csv", "report.md", "report.html", "predictions.csv"];
        string[] before = [.. names.Select(name => File.ReadAllText(_folder["runs", "r", name]))];
        foreach (string name in names)
            File.Delete(_folder["runs", "r", name]);

        var (exitCode, output, _) = await _program.RunAsync("report", "r", "--runs", "{folder}/runs");

        Assert.Equal(ExitCode.Success, exitCode);
        Assert.Equal(names.Select(name => _folder["runs", "r", name]), output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(before, names.Select(name => File.ReadAllText(_folder["runs", "r", name])));
    }

    [Fact]
    public async Task Report_in_another_mode_leaves_the_files_of_the_default_mode_alone()
    {
        SmallBenchmark.WriteTo(_folder, "small", 10, """{ "tinygptv": "contains-label", "official": "true-or-false" }""");
        await _program.RunAsync(Eval);
        string before = await File.ReadAllTextAsync(_folder["runs", "r", "report.csv"], TestContext.Current.CancellationToken);

        var (_, output, _) = await _program.RunAsync("report", "r", "--runs", "{folder}/runs", "--mode", "official");

        string[] names = ["report.official.csv", "report.official.md", "report.official.html", "predictions.official.csv"];
        Assert.Equal(names.Select(name => _folder["runs", "r", name]), output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(before, await File.ReadAllTextAsync(_folder["runs", "r", "report.csv"], TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("report.csv")]
    [InlineData("report.md")]
    [InlineData("report.html")]
    [InlineData("predictions.csv")]
    public async Task Report_to_standard_output_or_a_file_is_that_file_byte_for_byte_and_nothing_else(string name)
    {
        SmallBenchmark.WriteTo(_folder, "small", 10);
        await _program.RunAsync(Eval);
        byte[] stored = await File.ReadAllBytesAsync(_folder["runs", "r", name], TestContext.Current.CancellationToken);
        foreach (string file in ReportFiles.Kinds)
            File.Delete(_folder["runs", "r", file]);
        using var output = new MemoryStream();
        var program = new InProcess(_folder) { OpenOutput = () => output };
        string[] command = ["report", "r", "--runs", "{folder}/runs", .. name == "report.html" ? Array.Empty<string>() : ["--file", name], "--output"];

        var (exitCode, text, error) = await program.RunAsync([.. command, "-"]);
        var (_, path, _) = await program.RunAsync([.. command, "{folder}/mine"]);
        var (refused, _, why) = await program.RunAsync([.. command, "{folder}/none/mine"]);

        Assert.Equal((ExitCode.Success, "", ""), (exitCode, text, error));
        Assert.Equal(stored, output.ToArray());
        Assert.Equal(_folder["mine"] + "\n", path);
        Assert.Equal(stored, await File.ReadAllBytesAsync(_folder["mine"], TestContext.Current.CancellationToken));
        Assert.Equal(ExitCode.UserMustAct, refused);
        Assert.Contains("Choose another file with --output", why, StringComparison.Ordinal);
        Assert.All(ReportFiles.Kinds, file => Assert.False(File.Exists(_folder["runs", "r", file])));
    }

    [Fact]
    public async Task Report_to_a_file_names_images_as_seen_from_there()
    {
        SmallBenchmark.WriteTo(_folder, "small", 4);
        await _program.RunAsync(Eval);

        await _program.RunAsync("report", "r", "--runs", "{folder}/runs", "--images", "{folder}/data", "--output", "{folder}/mine.html");

        Assert.Contains("data-images=\"data\"", await File.ReadAllTextAsync(_folder["mine.html"], TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_with_images_names_them_as_seen_from_the_page_and_changes_nothing_else()
    {
        SmallBenchmark.WriteTo(_folder, "small", 10);
        await _program.RunAsync(Eval);
        string[] names = ["report.csv", "report.md", "report.html", "predictions.csv"];
        string[] before = [.. names.Select(name => File.ReadAllText(_folder["runs", "r", name]))];

        var (exitCode, _, error) = await _program.RunAsync("report", "r", "--runs", "{folder}/runs", "--images", "{folder}/data");

        Assert.True(exitCode == ExitCode.Success, error);
        Assert.Equal(
            before.Select(text => text.Replace("data-images=\"\"", "data-images=\"../../data\"", StringComparison.Ordinal)),
            names.Select(name => File.ReadAllText(_folder["runs", "r", name])));
        Assert.Contains("data-images=\"\"", before[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("report r --runs {folder}/runs --images {folder}/nowhere", "There is no folder")]
    [InlineData("score nobody --runs {folder}/runs", "No run 'nobody'")]
    [InlineData("report nobody --runs {folder}/runs", "No run 'nobody'")]
    [InlineData("score ../r --runs {folder}/runs", "A run's name has")]
    [InlineData("score r --runs {folder}/runs --mode guess", "has no scoring mode 'guess'")]
    public async Task Score_and_report_say_what_is_missing(string commandLine, string message)
    {
        SmallBenchmark.WriteTo(_folder, "small", 4);
        await _program.RunAsync(Eval);

        var (exitCode, output, error) = await _program.RunAsync(commandLine.Split(' '));

        Assert.Equal(ExitCode.UserMustAct, exitCode);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.Empty(output);
    }

    [Fact]
    public async Task Score_of_a_part_counts_what_is_missing()
    {
        SmallBenchmark.WriteTo(_folder, "small", 10);
        await _program.RunAsync([.. Eval, "--shard-size", "2"]);
        File.Delete(Directory.GetFiles(_folder["runs", "r", "predictions"])[0]);

        var (exitCode, output, _) = await _program.RunAsync("score", "r", "--runs", "{folder}/runs");

        Assert.Equal(ExitCode.SamplesFailed, exitCode);
        Assert.Matches(@"Small +test +\S+( ± \S+)? +\S+( ± \S+)? +10 +8 +0 +2 ", output);
    }

    [Fact]
    public async Task Runs_lists_what_is_complete_incomplete_and_damaged()
    {
        SmallBenchmark.WriteTo(_folder, "small", 10);
        await _program.RunAsync(Eval);
        await _program.RunAsync([.. Eval[..^1], "part", "--shard-size", "2"]);
        File.Delete(Directory.GetFiles(_folder["runs", "part", "predictions"])[0]);
        _folder.Write("runs/torn/manifest.json", "{");

        var text = await _program.RunAsync("runs", "--runs", "{folder}/runs");
        var json = await _program.RunAsync("runs", "--runs", "{folder}/runs", "--format", "json");

        Assert.Matches(@"part +incomplete +0 +8/10 +0 +small", text.Output);
        Assert.Matches(@"r +completed +0 +10/10 +0 +small", text.Output);
        Assert.Matches(@"torn +failed +0 +0/0 +0 .*is malformed", text.Output);
        using JsonDocument document = JsonDocument.Parse(json.Output);
        Assert.Equal(["part", "r", "torn"], document.RootElement.EnumerateArray().Select(run => run.GetProperty("run").GetString()));
    }

    [Fact]
    public async Task Runs_of_a_folder_without_runs_says_so()
    {
        var (exitCode, output, error) = await _program.RunAsync("runs", "--runs", "{folder}/none");

        Assert.Equal(ExitCode.Success, exitCode);
        Assert.Contains("No runs in", error, StringComparison.Ordinal);
        Assert.Empty(output);
    }

    [Fact]
    public void Default_mode_is_the_papers() => Assert.Equal("tinygptv", StoredReport.DefaultMode);
}
