using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using CsvHelper;

namespace TinyGptV.Evaluation.Benchmarks.Formats;

/// <summary>
/// The rows of a CSV file with a header, one after the other: values separated by commas, quoted as in RFC 4180, in UTF-8 with or without a byte-order mark,
/// line ends of any kind.
/// </summary>
internal sealed class CsvRows(AnnotationFile file) : IAsyncDisposable
{
    /// <summary>The largest row in bytes: a quotation mark that is never closed must not swallow a file of any size.</summary>
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

    /// <summary>The names of the columns, in file order and without white space around.</summary>
    public ImmutableArray<string> Columns { get; private set; } = [];

    /// <summary>Reads the header; to be called first.</summary>
    /// <exception cref="PrerequisiteException">A column that is needed is absent, a name is empty or occurs twice, or the file is no CSV.</exception>
    public async ValueTask ReadHeaderAsync(ImmutableArray<string> needed, CancellationToken cancellationToken)
    {
        await GuardAsync(async () =>
        {
            await _reader.ReadHeaderAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }).ConfigureAwait(false);
        Columns = [.. (_reader.Headers ?? []).Select(column => column.Trim())];
        if (Columns is [var only] && only.IndexOfAny([';', '\t']) >= 0)
            throw Malformed($"expected columns separated by commas, found '{only}'");
        if (needed.FirstOrDefault(column => !Columns.Contains(column, StringComparer.OrdinalIgnoreCase)) is { } absent)
            throw Malformed($"expected a column '{absent}', found {(Columns.All(column => column.Length == 0) ? "nothing" : string.Join(", ", Columns))}");
        if (Columns.Contains(""))
            throw Malformed("expected a name for every column in the first line, found one without");
        if (Columns.GroupBy(column => column, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw Malformed($"expected every column once, found '{twice.Key}' twice");
    }

    /// <summary>Reads the rows in file order; to be called once.</summary>
    public async IAsyncEnumerable<CsvRow> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (await GuardAsync(() => _reader.ReadAsync(cancellationToken)).ConfigureAwait(false))
        {
            CsvRow row = new(file.Name, Columns, [.. Enumerable.Range(0, Columns.Length).Select(_reader.GetString)], _reader.RowNumber, _reader.LineNumber);
            if (Columns.FirstOrDefault(column => row.OptionalText(column)?.Contains('\uFFFD') is true) is { } column)
                throw row.Malformed(column, "expected a text in UTF-8, found bytes that are not");
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
            throw Malformed($"expected rows as the header has columns, found a mistake at or after line {_reader.LineNumber}: {e.Message.TrimEnd('.')}", e);
        }
    }

    private PrerequisiteException Malformed(string problem, Exception? cause = null) => new($"{file.Name}: {problem}. Correct the file.", cause);
}
