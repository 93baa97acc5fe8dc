using System.Runtime.CompilerServices;
using System.Text.Json;

namespace TinyGptV.Evaluation.Benchmarks.Formats;

/// <summary>
/// Reads the records of an annotation file one by one. The largest official files have hundreds of megabytes; this keeps one record
/// in memory. Skips a byte-order mark and accepts any line endings.
/// </summary>
internal sealed class JsonRecords(AnnotationFile file) : IAsyncDisposable
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    private byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _end;
    private bool _atEnd;
    private int _line = 1;
    private int _position;
    private JsonReaderState _state;
    private string _list = "";
    private bool _insideList;
    private bool _hadList;

    /// <summary>The properties beside the list of records, by name; complete once the last record is read.</summary>
    public Dictionary<string, AnnotationRecord> Members { get; } = [];

    /// <summary>Whether the file starts with an object rather than a list, which tells most layouts apart.</summary>
    /// <exception cref="PrerequisiteException">The file starts with neither.</exception>
    public async ValueTask<bool> BeginWithObjectAsync(CancellationToken cancellationToken)
    {
        while (_end < ByteOrderMark.Length && !_atEnd)
            await FillAsync(cancellationToken).ConfigureAwait(false);
        if (_buffer.AsSpan(0, _end).StartsWith(ByteOrderMark))
            _start = ByteOrderMark.Length;
        int first;
        while ((first = _buffer.AsSpan(_start, _end - _start).IndexOfAnyExcept(" \t\r\n"u8)) < 0 && !_atEnd)
            await FillAsync(cancellationToken).ConfigureAwait(false);

        return (first < 0 ? (byte)0 : _buffer[_start + first]) switch
        {
            (byte)'{' => true,
            (byte)'[' => false,
            _ => throw Malformed("expected JSON starting with '{' or '[', found " + (first < 0 ? "nothing" : "something else")),
        };
    }

    /// <summary>Reads the records in file order. Call this once, after <see cref="BeginWithObjectAsync"/>.</summary>
    public async IAsyncEnumerable<AnnotationRecord> ReadAsync(RecordLayout layout, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _state = new JsonReaderState(new JsonReaderOptions { AllowMultipleValues = layout is RecordLayout.Lines });
        while (true)
        {
            AnnotationRecord? record;
            while (!TryRead(layout, out record))
                await FillAsync(cancellationToken).ConfigureAwait(false);
            if (record is null)
                yield break;
            yield return record;
        }
    }

    /// <summary>Reads the records of a list property of the file's object, in file order. Use instead of <see cref="ReadAsync"/>.</summary>
    public async IAsyncEnumerable<AnnotationRecord> ReadMemberAsync(string list, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _list = list;
        await foreach (AnnotationRecord record in ReadAsync(RecordLayout.Member, cancellationToken).ConfigureAwait(false))
            yield return record;
        if (!_hadList)
            throw Malformed($"expected an object with the list '{list}', found {(Members.Count == 0 ? "nothing" : string.Join(", ", Members.Keys))}");
    }

    public ValueTask DisposeAsync() => file.Content.DisposeAsync();

    /// <summary>Takes the next record from the buffer; null at the end of the file. Returns false if more input is needed.</summary>
    private bool TryRead(RecordLayout layout, out AnnotationRecord? record)
    {
        try
        {
            return TryReadUnguarded(layout, out record);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a key that is not valid UTF-8.
            throw Malformed($"expected JSON, found an error after {_position} complete records, at or after line {_line}: {e.Message}", e);
        }
    }

    private bool TryReadUnguarded(RecordLayout layout, out AnnotationRecord? record)
    {
        record = null;
        while (true)
        {
            Utf8JsonReader reader = new(_buffer.AsSpan(_start, _end - _start), _atEnd, _state);
            if (!reader.Read())
                return _atEnd;
            if (layout is not RecordLayout.Lines && reader.CurrentDepth == 0)
            {
                // The bracket around all records. After the closing one the reader accepts only whitespace.
                Consume(reader);
                continue;
            }

            if (layout is RecordLayout.Member && !(_insideList && reader.CurrentDepth > 1))
            {
                if (!TryReadMember(ref reader))
                    return false;
                continue;
            }

            int line = _line + LineFeeds((int)reader.TokenStartIndex);
            string? key = layout is RecordLayout.Keyed ? reader.GetString() : null;
            if (!JsonElement.TryParseValue(ref reader, out JsonElement? value))
                return false;
            Consume(reader);
            record = new AnnotationRecord(file.Name, layout, key, ++_position, line, value.Value);
            return true;
        }
    }

    /// <summary>Enters or leaves the list of records, or keeps another property. Returns false if more input is needed.</summary>
    private bool TryReadMember(ref Utf8JsonReader reader)
    {
        if (_insideList)
        {
            _insideList = false;
            Consume(reader);
            return true;
        }

        int line = _line + LineFeeds((int)reader.TokenStartIndex);
        string name = reader.GetString()!;
        if (name == _list)
        {
            if (!reader.Read())
                return false;
            if (reader.TokenType is not JsonTokenType.StartArray)
                throw Malformed($"expected a list of records in '{_list}', found another value at line {line}");
            _insideList = _hadList = true;
        }
        else
        {
            if (!JsonElement.TryParseValue(ref reader, out JsonElement? value))
                return false;
            Members[name] = new AnnotationRecord(file.Name, RecordLayout.Keyed, name, Members.Count + 1, line, value.Value);
        }

        Consume(reader);
        return true;
    }

    private void Consume(in Utf8JsonReader reader)
    {
        int consumed = (int)reader.BytesConsumed;
        _line += LineFeeds(consumed);
        _start += consumed;
        _state = reader.CurrentState;
    }

    private int LineFeeds(int bytes) => _buffer.AsSpan(_start, bytes).Count((byte)'\n');

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
            Array.Resize(ref _buffer, checked(_buffer.Length * 2));
        int read = await file.Content.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
        _end += read;
        _atEnd = read == 0;
    }

    private PrerequisiteException Malformed(string problem, Exception? cause = null) =>
        new($"{file.Name}: {problem}. Download the file again; see the benchmark's README.", cause);
}
