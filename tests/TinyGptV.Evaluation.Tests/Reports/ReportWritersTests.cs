using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using TinyGptV.Evaluation.Reports;
using TinyGptV.Evaluation.Reports.Files;
using TinyGptV.Evaluation.Reports.Html;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Evaluation.Tests.Reports;

public sealed class ReportWritersTests
{
    private static readonly JsonSerializerOptions Readable =
        new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public void CsvReport_Write_GivesTheApprovedText() => Approved.AssertMatches("report.csv", Write(CsvReport.Write));

    [Fact]
    public void PredictionsCsv_Write_GivesTheApprovedText() => Approved.AssertMatches("predictions.csv", Write(PredictionsCsv.Write));

    [Fact]
    public void PredictionsCsv_Write_SaysWhatCountsAndHasTheRecordedProbabilities()
    {
        Prediction unbalanced = Predictions.Generated("gqa", "u", "red", "red");
        (string Word, double Probability)[] words = [("true", 0.5), ("yes", 0.25), ("no", 0.25), ("false", 0)];
        Prediction asked = Predictions.Generated("vsr", "v", "true", "maybe");
        EvaluationReport report = EvaluationReport.Create(MadeUpRun.Manifest,
        [
            unbalanced with { Sample = unbalanced.Sample with { CountsOfficially = false } },
            asked with { Generation = asked.Generation! with { FirstWords = words.ToImmutableSortedDictionary(word => word.Word, word => word.Probability) } },
            Predictions.Ranked("iconqa", "i", "0", ["a", "b"], [new(-1.5, 1), new(-2, 3)]),
        ], "official");
        using StringWriter writer = new();

        PredictionsCsv.Write(report, writer);

        string[] lines = writer.ToString().Split('\n');
        Assert.EndsWith(",counts,probability,first_words,log_likelihoods,choice_tokens", lines[0], StringComparison.Ordinal);
        Assert.EndsWith(",official,0,false,,,false,,,,", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(",true,0.75,\"{\"\"false\"\":0,\"\"no\"\":0.25,\"\"true\"\":0.5,\"\"yes\"\":0.25}\",,", lines[2], StringComparison.Ordinal);
        Assert.EndsWith(",true,,,\"[-1.5,-2]\",\"[1,3]\"", lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public void MarkdownReport_Write_GivesTheApprovedText() => Approved.AssertMatches("report.md", Write(MarkdownReport.Write));

    [Theory]
    [InlineData("<b>bold", "\\<b>bold")]
    [InlineData("a | b", "a \\| b")]
    [InlineData("*_`[#", "\\*\\_\\`\\[\\#")]
    [InlineData("C:\\x", "C:\\\\x")]
    [InlineData("one\ntwo\rthree", "one two three")]
    [InlineData("caf\u00e9, yes.", "caf\u00e9, yes.")]
    public void MarkdownReport_Escape_LeavesNoMarkupAndNoLineEnd(string text, string expected) => Assert.Equal(expected, MarkdownReport.Escape(text));

    [Fact]
    public void ReportJson_Write_GivesTheApprovedText() => Approved.AssertMatches("report.json", ReportJson.Write(MadeUpRun.Report()));

    [Fact]
    public void HtmlReport_Write_HoldsTheApprovedSamples()
    {
        string page = Write(HtmlReport.Write);
        const string Start = "id=\"samples-data\">";
        int start = page.IndexOf(Start, StringComparison.Ordinal) + Start.Length;
        string samples = page[start..page.IndexOf("</script>", start, StringComparison.Ordinal)];

        Approved.AssertMatches("samples.json", JsonSerializer.Serialize(JsonDocument.Parse(samples).RootElement, Readable) + "\n");
        Assert.DoesNotContain("\r", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_LeavesTheWriterOpen()
    {
        using StringWriter writer = new();
        CsvReport.Write(MadeUpRun.Report(), writer);
        PredictionsCsv.Write(MadeUpRun.Report(), writer);
        MarkdownReport.Write(MadeUpRun.Report(), writer);
        HtmlReport.Write(MadeUpRun.Report(), writer);

        writer.Write("end");

        Assert.EndsWith("end", writer.ToString(), StringComparison.Ordinal);
    }

    private static string Write(Action<EvaluationReport, TextWriter> write)
    {
        // A writer with Windows line endings, which files must not use.
        using StringWriter writer = new() { NewLine = "\r\n" };
        write(MadeUpRun.Report(), writer);
        return writer.ToString();
    }
}
