using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using CsvHelper;

namespace TinyGptV.Evaluation.Benchmarks.Formats;

/// <summary>
/// Reads the rows of a CSV file with a header one by one: comma-separated, quoted as in RFC 4180, UTF-8 with or without a byte-order mark, any line endings.
/// </summary>
internal sealed class CsvRows(AnnotationFile file) : IAsyncDisposable
{
    /// <summary>The largest row in bytes, so that an unclosed quote cannot read a whole file into one row.</summary>
    private const int LargestRow = 1 << 20;

    private static readonly CsvReaderOptions Options = new()
    {
        Separator = ',',
        MalformedData = CsvMalformedDataHandling.Throw,
        FieldCountMismatch = CsvFieldCountHandling.Throw,
        MaxRecordSize = LargestRow,
        TrackLineNumbers = true,
        IncludeValuesInExceptions = false,
    };

    private readonly CsvReader _reader = CsvReader.Create(file.Content, Options, leaveOpen: false);

    /// <summary>The column names in file order, trimmed.</summary>
    public ImmutableArray<string> Columns { get; private set; } = [];

    /// <summary>Reads the header. Call this first.</summary>
    /// <exception cref="PrerequisiteException">A required column is missing, a name is empty or duplicated, or the file is not CSV.</exception>
    public async ValueTask ReadHeaderAsync(ImmutableArray<string> needed, CancellationToken cancellationToken)
    {
        await GuardAsync(async () =>
        {
            await _reader.ReadHeaderAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }).ConfigureAwait(false);
        Columns = [.. (_reader.Headers ?? []).Select(column => column.Trim())];
        if (Columns is [var only] && only.IndexOfAny([';', '\t']) >= 0)
            throw Malformed($"expected comma-separated columns, found '{only}'");
        if (needed.FirstOrDefault(column => !Columns.Contains(column, StringComparer.OrdinalIgnoreCase)) is { } absent)
            throw Malformed($"expected a column '{absent}', found {(Columns.All(column => column.Length == 0) ? "nothing" : string.Join(", ", Columns))}");
        if (Columns.Contains(""))
            throw Malformed("expected a name for every column in the first line, found an empty one");
        if (Columns.GroupBy(column => column, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw Malformed($"expected unique columns, found '{twice.Key}' twice");
    }

    /// <summary>Reads the rows in file order. Call this once.</summary>
    public async IAsyncEnumerable<CsvRow> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (await GuardAsync(() => _reader.ReadAsync(cancellationToken)).ConfigureAwait(false))
        {
            CsvRow row = new(file.Name, Columns, [.. Enumerable.Range(0, Columns.Length).Select(_reader.GetString)], _reader.RowNumber, _reader.LineNumber);
            if (Columns.FirstOrDefault(column => row.OptionalText(column)?.Contains('\uFFFD') is true) is { } column)
                throw row.Malformed(column, "expected a string in UTF-8, found invalid bytes");
            yield return row;
        }
    }

    public ValueTask DisposeAsync() => _reader.DisposeAsync();

    private async ValueTask<bool> GuardAsync(Func<ValueTask<bool>> read)
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (FormatException e)
        {
            throw Malformed($"expected rows that match the header, found an error at or after line {_reader.LineNumber}: {e.Message.TrimEnd('.')}", e);
        }
    }

    private PrerequisiteException Malformed(string problem, Exception? cause = null) => new($"{file.Name}: {problem}. Correct the file.", cause);
}
