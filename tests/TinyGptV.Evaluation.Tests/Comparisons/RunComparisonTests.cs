using TinyGptV.Evaluation.Comparisons;
using TinyGptV.Evaluation.Reports;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Tests.Reports;

namespace TinyGptV.Evaluation.Tests.Comparisons;

public sealed class RunComparisonTests
{
    [Fact]
    public void Create_SamplesThatDoNotCount_AreInNoList()
    {
        // Officially, only "a" and "e" count. In the second run "c" and "d" are missing.
        Prediction[] first = [Answer("a", "no"), Answer("b", "yes", counts: false), Answer("c", "yes", counts: false), Answer("d", "yes"), Answer("e", "yes")];
        Prediction[] second = [Answer("a", "yes"), Answer("b", "no", counts: false), Answer("e", "yes")];

        BenchmarkComparison official = Compare(first, second, "official"), lenient = Compare(first, second, "tinygptv");

        Assert.Equal(["a"], official.Changed.Select(pair => pair.Sample.Id.Value));
        Assert.Equal(["d"], official.OnlyInA.Select(id => id.Value));
        Assert.Equal((2, 1, 0), (official.Overall.Samples, official.Overall.Better, official.Overall.Worse));
        Assert.Equal(["a", "b"], lenient.Changed.Select(pair => pair.Sample.Id.Value));
        Assert.Equal(["c", "d"], lenient.OnlyInA.Select(id => id.Value));
    }

    [Theory]
    [InlineData("1.2.0", "1.2.0+0123abc", null, null)]
    [InlineData("1.2.0+0123abc", "1.3.0", "1.2.0", "1.3.0")]
    public void Create_OneProgramVersionInTwoForms_IsNoDifference(string a, string b, string? first, string? second)
    {
        EvaluationReport report = EvaluationReport.Create(Manifest, [Answer("a", "yes")], "official");

        RunComparison comparison = RunComparison.Create((Manifest with { ProgramVersion = a }, report), (Manifest with { ProgramVersion = b }, report));

        Assert.Equal(
            first is null ? [] : [new RunDifference("programVersion", first, second)],
            comparison.Differences.Where(difference => difference.Setting == "programVersion"));
    }

    private static BenchmarkComparison Compare(Prediction[] first, Prediction[] second, string mode) => RunComparison.Create(
        (Manifest, EvaluationReport.Create(Manifest, first, mode)), (Manifest, EvaluationReport.Create(Manifest, second, mode))).Benchmarks[0];

    private static RunManifest Manifest => MadeUpRun.Manifest with { Benchmarks = MadeUpRun.Manifest.Benchmarks[..1] };

    private static Prediction Answer(string id, string text, bool counts = true)
    {
        Prediction prediction = Predictions.Generated("gqa", id, "yes", text);
        return prediction with { Sample = prediction.Sample with { CountsOfficially = counts } };
    }
}
