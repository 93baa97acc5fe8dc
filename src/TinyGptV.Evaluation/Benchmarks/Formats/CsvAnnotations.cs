using System.Collections.Immutable;
using System.Globalization;

namespace TinyGptV.Evaluation.Benchmarks.Formats;

/// <summary>
/// A custom benchmark: a CSV file with the columns <c>image</c>, <c>question</c> and <c>answer</c>. With a column <c>choices</c>, separated by bars, the answer
/// is one of the choices. Without a column <c>id</c>, split and row number form the id. Every other column defines a slice.
/// </summary>
internal static class CsvAnnotations
{
    private const string Image = "image", Question = "question", Answer = "answer", Choices = "choices", Id = "id";
    private const char Bar = '|';

    private static readonly ImmutableArray<string> Needed = [Image, Question, Answer];
    private static readonly ImmutableArray<string> Known = [.. Needed, Choices, Id];

    public static async ValueTask<ImmutableArray<Sample>> ReadAsync(AnnotationFile file, string split, bool ranked, CancellationToken cancellationToken)
    {
        await using CsvRows rows = new(file);
        await rows.ReadHeaderAsync(ranked ? [.. Needed, Choices] : Needed, cancellationToken).ConfigureAwait(false);
        ImmutableArray<string> slices = [.. rows.Columns.Where(column => !Known.Contains(column, StringComparer.OrdinalIgnoreCase))];
        SampleCollector samples = new();
        await foreach (CsvRow row in rows.ReadAsync(cancellationToken).ConfigureAwait(false))
            samples.Add(ToSample(row, split, ranked, slices), row.Malformed);
        return samples.ToImmutable(file);
    }

    /// <summary>Whether the file has choices, which decides the request kind.</summary>
    public static async ValueTask<bool> HasChoicesAsync(AnnotationFile file, CancellationToken cancellationToken)
    {
        await using CsvRows rows = new(file);
        await rows.ReadHeaderAsync(Needed, cancellationToken).ConfigureAwait(false);
        return rows.Columns.Contains(Choices, StringComparer.OrdinalIgnoreCase);
    }

    private static Sample ToSample(CsvRow row, string split, bool ranked, ImmutableArray<string> slices)
    {
        ImmutableArray<string> choices = ranked ? ChoicesOf(row) : [];
        return new Sample
        {
            Id = new SampleId(row.OptionalText(Id) ?? string.Create(CultureInfo.InvariantCulture, $"{split}:{row.Number}")),
            Image = new ImageReference(row.Text(Image)),
            Question = row.Text(Question),
            Target = ranked ? IndexOf(row, choices) : row.Text(Answer),
            Choices = choices,
            Slices = [.. from column in slices let value = row.OptionalText(column) where value is not null select new Slice(column, value)],
        };
    }

    private static ImmutableArray<string> ChoicesOf(CsvRow row)
    {
        ImmutableArray<string> choices = [.. row.Text(Choices).Split(Bar, StringSplitOptions.TrimEntries)];
        if (choices.Length < 2 || choices.Contains(""))
            throw row.Malformed(Choices, $"expected at least 2 choices separated by '{Bar}', found '{row.Text(Choices)}'");
        return choices.Distinct().Count() == choices.Length ? choices : throw row.Malformed(Choices, "expected unique choices, found a duplicate");
    }

    private static string IndexOf(CsvRow row, ImmutableArray<string> choices) => choices.IndexOf(row.Text(Answer).Trim()) is >= 0 and var index
        ? index.ToString(CultureInfo.InvariantCulture)
        : throw row.Malformed(Answer, $"expected one of the choices, found '{row.Text(Answer)}'");
}
