using System.Collections.Immutable;
using System.Globalization;
using System.Xml;
using CsvHelper;
using MiniExcelLibs;
using MiniExcelLibs.OpenXml;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Benchmarks.Formats;

namespace TinyGptV.Evaluation.Submissions;

/// <summary>
/// The result table of VLMEvalKit, as <c>.xlsx</c> or <c>.tsv</c>: a row per question with <c>index</c>, <c>question</c>, <c>answer</c> and <c>prediction</c>.
/// Checked against inference.py of VLMEvalKit at commit 0044c57.
/// </summary>
internal sealed class VlmEvalKitAnswers : IAnswerFormat
{
    private const string Prediction = "prediction";

    /// <summary>What VLMEvalKit writes instead of an answer.</summary>
    private const string Failed = "Failed to obtain answer via API.";

    private static readonly ImmutableArray<string> Ids = ["question_id", "questionId", "sample_id"];

    private static readonly CsvReaderOptions Tabs = new()
    {
        Separator = '\t',
        MalformedData = CsvMalformedDataHandling.Throw,
        FieldCountMismatch = CsvFieldCountHandling.Throw,
        MaxRecordSize = 1 << 24,
        IncludeValuesInExceptions = false,
    };

    public string Name => "vlmevalkit";

    public string Description => "VLMEvalKit's result table (.xlsx or .tsv), for any benchmark: index, question, answer and prediction.";

    public bool Fits(BenchmarkDefinition definition) => true;

    public async ValueTask<ImmutableArray<SubmittedAnswer>> ReadAsync(AnnotationFile file, BenchmarkDefinition definition, CancellationToken cancellationToken)
    {
        using MemoryStream content = new();
        await using (file.Content.ConfigureAwait(false))
            await file.Content.CopyToAsync(content, cancellationToken).ConfigureAwait(false);
        content.Position = 0;
        bool isWorkbook = content.GetBuffer().AsSpan(0, (int)content.Length).StartsWith("PK"u8);
        try
        {
            IEnumerable<Dictionary<string, string>> rows = isWorkbook ? WorkbookRows(content) : TextRows(content);
            return [.. rows.Select((row, i) => ToAnswer(row, file.Name, i + 2)).OfType<SubmittedAnswer>()];
        }
        catch (Exception problem) when (problem is FormatException or InvalidDataException or XmlException or InvalidOperationException or ArgumentException
            or NotSupportedException or KeyNotFoundException or IOException)
        {
            throw new PrerequisiteException(
                $"{file.Name}: expected a table of VLMEvalKit, as .xlsx or .tsv, found an error: {problem.Message} Write the table again.", problem);
        }
    }

    private static IEnumerable<Dictionary<string, string>> WorkbookRows(Stream content)
    {
        // Without the cache, long tables stay in memory instead of going to files.
        OpenXmlConfiguration inMemory = new() { EnableSharedStringCache = false };
        foreach (IDictionary<string, object?> row in MiniExcel.Query(content, useHeaderRow: true, sheetName: null, ExcelType.XLSX, "A1", inMemory))
            yield return row.Where(cell => cell.Key.Length > 0)
                .ToDictionary(cell => cell.Key.Trim(), cell => TextOf(cell.Value), StringComparer.OrdinalIgnoreCase);
    }

    private static string TextOf(object? value) => value is IFormattable number ? number.ToString(null, CultureInfo.InvariantCulture) : value?.ToString() ?? "";

    private static IEnumerable<Dictionary<string, string>> TextRows(Stream content)
    {
        using CsvReader reader = CsvReader.Create(content, Tabs, leaveOpen: true);
        reader.ReadHeader();
        string[] columns = [.. (reader.Headers ?? []).Select(column => column.Trim())];
        while (reader.Read())
            yield return Enumerable.Range(0, columns.Length).ToDictionary(i => columns[i], i => reader.GetString(i) ?? "", StringComparer.OrdinalIgnoreCase);
    }

    /// <returns>Null if the row says that there is no answer.</returns>
    private static SubmittedAnswer? ToAnswer(Dictionary<string, string> row, string fileName, int line)
    {
        if (!row.TryGetValue(Prediction, out string? text))
            throw Malformed($"a column '{Prediction}'", string.Join(", ", row.Keys));
        string? id = Ids.Select(row.GetValueOrDefault).FirstOrDefault(value => !string.IsNullOrEmpty(value));
        string? index = row.GetValueOrDefault("index");
        if (string.IsNullOrEmpty(id ?? index))
            throw Malformed("an index", "none");
        return text.Contains(Failed, StringComparison.Ordinal) ? null : SubmittedAnswer.OfText(id ?? index!, text) with
        {
            Number = id is null && int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null,
            Asked = row.GetValueOrDefault("question"),
            References = row.TryGetValue("answer", out string? answer) && answer.Length > 0 ? [answer] : [],
        };

        PrerequisiteException Malformed(string expected, string found) =>
            new($"{fileName}, row {line}: expected {expected}, found {found}. Use a result table of VLMEvalKit.");
    }
}
