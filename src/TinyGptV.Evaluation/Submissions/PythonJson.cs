using System.Buffers;
using System.Buffers.Text;
using System.Text;
using TinyGptV.Evaluation.Benchmarks.Formats;

namespace TinyGptV.Evaluation.Submissions;

/// <summary>
/// JSON as Python writes it, made valid: bare <c>NaN</c> and <c>Infinity</c> become strings, half surrogate pairs and bytes that are not UTF-8 become
/// U+FFFD. So a strange number or character costs nothing but itself.
/// </summary>
internal static class PythonJson
{
    private const int Escape = 6; // \uXXXX

    /// <summary>Reads a whole file and makes it valid.</summary>
    public static async ValueTask<AnnotationFile> ReadAsync(AnnotationFile file, CancellationToken cancellationToken)
    {
        await using Stream content = file.Content;
        using MemoryStream bytes = new();
        await content.CopyToAsync(bytes, cancellationToken).ConfigureAwait(false);
        return file with { Content = new MemoryStream(Clean(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)), writable: false) };
    }

    /// <returns>The valid JSON.</returns>
    public static byte[] Clean(ReadOnlySpan<byte> json)
    {
        ArrayBufferWriter<byte> output = new(json.Length + 16);
        bool insideString = false;
        while (!json.IsEmpty)
        {
            int taken = insideString ? TakeCharacter(json, output, ref insideString) : TakeToken(json, output, ref insideString);
            json = json[taken..];
        }

        return output.WrittenSpan.ToArray();
    }

    /// <returns>How many bytes were read.</returns>
    private static int TakeToken(ReadOnlySpan<byte> json, ArrayBufferWriter<byte> output, ref bool insideString)
    {
        int plain = json.IndexOfAny("\"NI-"u8);
        if (plain != 0)
        {
            output.Write(plain < 0 ? json : json[..plain]);
            return plain < 0 ? json.Length : plain;
        }

        ReadOnlySpan<byte> word = json.StartsWith("NaN"u8) ? "NaN"u8
            : json.StartsWith("Infinity"u8) ? "Infinity"u8
            : json.StartsWith("-Infinity"u8) ? "-Infinity"u8
            : [];
        if (word.IsEmpty)
        {
            insideString = json[0] == '"';
            output.Write(json[..1]);
            return 1;
        }

        output.Write("\""u8);
        output.Write(word);
        output.Write("\""u8);
        return word.Length;
    }

    /// <returns>How many bytes were read.</returns>
    private static int TakeCharacter(ReadOnlySpan<byte> json, ArrayBufferWriter<byte> output, ref bool insideString)
    {
        int plain = json.IndexOfAnyExceptInRange((byte)' ', (byte)'~') is var odd && odd < 0 ? json.Length : odd;
        int special = json[..plain].IndexOfAny((byte)'"', (byte)'\\');
        int copied = special < 0 ? plain : special;
        if (copied > 0)
        {
            output.Write(json[..copied]);
            return copied;
        }

        if (json[0] == '\\')
            return TakeEscape(json, output);
        if (json[0] == '"')
            insideString = false;
        bool isValid = Rune.DecodeFromUtf8(json, out _, out int length) == OperationStatus.Done;
        output.Write(isValid ? json[..length] : "\uFFFD"u8);
        return Math.Max(1, length);
    }

    /// <returns>How many bytes were read.</returns>
    private static int TakeEscape(ReadOnlySpan<byte> json, ArrayBufferWriter<byte> output)
    {
        if (CodeAt(json) is not { } code)
        {
            int pair = Math.Min(2, json.Length);
            output.Write(json[..pair]);
            return pair;
        }

        bool isPair = char.IsHighSurrogate(code) && CodeAt(json[Escape..]) is { } next && char.IsLowSurrogate(next);
        int length = isPair ? 2 * Escape : Escape;
        output.Write(char.IsSurrogate(code) && !isPair ? "\\ufffd"u8 : json[..length]);
        return length;
    }

    private static char? CodeAt(ReadOnlySpan<byte> json) =>
        json.Length >= Escape && json[0] == '\\' && json[1] == 'u'
        && Utf8Parser.TryParse(json[2..Escape], out ushort code, out int digits, 'X') && digits == Escape - 2
            ? (char)code
            : null;
}
