using System.Diagnostics;
using System.Text.Json.Nodes;
using TinyGptV.Model.Tests.Checkpoints;
using TinyGptV.Model.Tests.Engine;

namespace TinyGptV.Model.Tests.SecondSet;

/// <summary>Golden tests run on any set: this test starts the test program again on a second set, made from the first.</summary>
public sealed class SecondGoldenSetTests(ITestOutputHelper output)
{
    /// <summary>The environment variable with a folder to keep the second set in; without it the set is deleted.</summary>
    private const string KeptIn = "TINYGPTV_SECOND_SET";

    /// <summary>Why one test is skipped on the second set.</summary>
    private const string LackingTrait = "The set has no run of the Q-Former with masked image tokens.";

    /// <summary>Not run again: this test, and slow tests that do not read golden files.</summary>
    private static readonly Type[] LeftOut = [typeof(SecondGoldenSetTests), typeof(EngineStepsTests), typeof(FullSizeModelTests)];

    [Fact]
    public async Task Every_golden_test_passes_on_a_second_set()
    {
        Assert.SkipWhen(Golden.IsOtherSet, "The golden tests already run on another set.");
        using var folder = new CheckpointFolder();
        string set = Environment.GetEnvironmentVariable(KeptIn) is { Length: > 0 } kept ? Path.GetFullPath(kept) : folder["set"];
        SecondGoldenSet.Write(set);

        string said = await RunAsync(set, folder.Root);

        JsonNode report = JsonNode.Parse(await File.ReadAllTextAsync(folder["report.json"], TestContext.Current.CancellationToken))!;
        ILookup<string, JsonNode> tests = report["results"]!["tests"]!.AsArray().ToLookup(test => (string)test!["status"]!, test => test!);
        foreach (var outcome in tests)
            output.WriteLine($"{outcome.Key}: {outcome.Count()}");
        Assert.True(tests.All(outcome => outcome.Key is "passed" or "skipped"), said);
        Assert.Equal([LackingTrait], tests["skipped"].Select(test => (string)test["message"]!));
        Assert.InRange(tests["passed"].Count(), 200, 2000);
    }

    private static async Task<string> RunAsync(string set, string results)
    {
        string program = Path.Combine(AppContext.BaseDirectory, Path.GetFileNameWithoutExtension(typeof(SecondGoldenSetTests).Assembly.Location));
        string[] filters = [.. LeftOut.SelectMany(type => new[] { "--filter-not-class", type.FullName! })];
        string[] report = ["--results-directory", results, "--report-xunit-ctrf", "--report-xunit-ctrf-filename", "report.json"];
        var start = new ProcessStartInfo(program, [.. filters, .. report]) { RedirectStandardOutput = true };
        start.Environment[Golden.Variable] = set;
        start.Environment["TINYGPTV_MUTATIONS"] = "2000";
        using Process run = Process.Start(start)!;
        try
        {
            string said = await run.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await run.WaitForExitAsync(TestContext.Current.CancellationToken);
            return said;
        }
        finally
        {
            if (!run.HasExited)
                run.Kill();
        }
    }
}
