using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using SharpCompress.Archives;
using SharpCompress.Archives.Zip;
using SharpCompress.Common;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Benchmarks.Formats;

namespace TinyGptV.Evaluation.Submissions;

/// <summary>
/// A log of inspect_ai: one JSON object with <c>samples</c>, or a <c>.eval</c> archive with an entry for each sample, compressed by deflate or
/// Zstandard. Of several epochs, the first counts. Checked against log/_condense.py and the description of the log format of inspect_ai at
/// commits 7967c4f and 018b364.
/// </summary>
internal sealed class InspectAnswers : IAnswerFormat
{
    private const string Samples = "samples", Output = "output";

    public string Name => "inspect";

    public string Description => "A log of inspect_ai (.json or .eval), for any benchmark: the completion of each sample in the first epoch.";

    public bool LastAnswerCounts => false;

    public bool Fits(BenchmarkDefinition definition) => true;

    public async ValueTask<ImmutableArray<SubmittedAnswer>> ReadAsync(AnnotationFile file, BenchmarkDefinition definition, CancellationToken cancellationToken)
    {
        using MemoryStream content = new();
        await using (file.Content.ConfigureAwait(false))
            await file.Content.CopyToAsync(content, cancellationToken).ConfigureAwait(false);
        content.Position = 0;
        List<(int Epoch, SubmittedAnswer? Answer)> answers = [];
        if (content.GetBuffer().AsSpan(0, (int)content.Length).StartsWith("PK"u8))
        {
            answers.AddRange(Unpack(file.Name, content, cancellationToken).Select(ToAnswer));
        }
        else
        {
            await using JsonRecords records = new(await PythonJson.ReadAsync(file with { Content = content }, cancellationToken).ConfigureAwait(false));
            if (!await records.BeginWithObjectAsync(cancellationToken).ConfigureAwait(false))
                throw new PrerequisiteException(
                    $"{file.Name}: expected a log of inspect_ai, an object with '{Samples}', found a list. Use a .json or .eval log.");
            await foreach (AnnotationRecord record in records.ReadMemberAsync(Samples, cancellationToken).ConfigureAwait(false))
                answers.Add(ToAnswer(record));
        }

        int first = answers.Count == 0 ? 0 : answers.Min(answer => answer.Epoch);
        return [.. answers.Where(answer => answer.Epoch == first).Select(answer => answer.Answer).OfType<SubmittedAnswer>()];
    }

    private static IEnumerable<AnnotationRecord> Unpack(string fileName, Stream content, CancellationToken cancellationToken)
    {
        List<AnnotationRecord> records = [];
        try
        {
            using IArchive archive = ZipArchive.OpenArchive(content);
            foreach (IArchiveEntry entry in archive.Entries.Where(entry => IsSample(entry.Key)))
            {
                cancellationToken.ThrowIfCancellationRequested();
                using Stream packed = entry.OpenEntryStream();
                using MemoryStream text = new();
                packed.CopyTo(text);
                JsonElement sample = JsonElement.Parse(PythonJson.Clean(text.GetBuffer().AsSpan(0, (int)text.Length)));
                records.Add(new AnnotationRecord($"{fileName}/{entry.Key}", RecordLayout.Lines, null, records.Count + 1, 1, sample));
            }
        }
        catch (Exception problem) when (problem is JsonException or SharpCompressException or InvalidDataException or InvalidOperationException
            or NotSupportedException or IOException)
        {
            throw new PrerequisiteException(
                $"{fileName}: expected a log of inspect_ai, a .eval archive with JSON for each sample, found an error: {problem.Message} Write the log again, "
                + "or as .json with 'inspect log convert'.",
                problem);
        }

        return records.Count > 0 ? records : throw new PrerequisiteException(
            $"{fileName}: expected a log of inspect_ai with entries '{Samples}/...', found none. Log the samples (--log-samples).");
    }

    private static bool IsSample(string? entry) =>
        entry is not null && entry.StartsWith(Samples + "/", StringComparison.Ordinal) && entry.EndsWith(".json", StringComparison.Ordinal);

    private static (int Epoch, SubmittedAnswer? Answer) ToAnswer(AnnotationRecord record)
    {
        string id = record.Identity("id");
        int epoch = record.Has("epoch") ? record.Index("epoch", int.MaxValue) : 1;
        // A sample that ended in an error has no output, or an output without choices.
        AnnotationRecord? output = record.Has(Output) ? record.Nested(Output) : null;
        string? text = output is null ? null : Completion(output);
        if (text is null || (text.Length == 0 && record.Has("error")))
            return (epoch, null);
        return (epoch, SubmittedAnswer.OfText(id, text) with
        {
            Number = int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null,
            Asked = string.Join('\n', record.AllTexts("input")),
            References = [.. record.AllTexts("target")],
        });
    }

    private static string? Completion(AnnotationRecord output) => output.OptionalText("completion") ?? (output.Has("choices")
        ? output.Records("choices").Select(choice => string.Concat(choice.Nested("message").AllTexts("content"))).FirstOrDefault()
        : null);
}
