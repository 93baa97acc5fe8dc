using System.Globalization;
using System.Text;

namespace TinyGptV.Pickle;

/// <summary>Reads strings, including those of Python 2.</summary>
internal static class PickleText
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="InvalidDataException">The bytes are not UTF-8.</exception>
    public static string OfUtf8(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException("a string is not UTF-8", e);
        }
    }

    /// <summary>A Python 2 string, which is bytes: UTF-8 if valid, else Latin-1.</summary>
    public static string OfBytes(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (ArgumentException)
        {
            return Encoding.Latin1.GetString(bytes);
        }
    }

    /// <summary>A Python 2 string literal: quoted, with escapes.</summary>
    /// <exception cref="InvalidDataException">A quote is missing, or an escape is malformed.</exception>
    public static string Quoted(string line) =>
        line.Length >= 2 && line[0] is '\'' or '"' && line[^1] == line[0]
            ? OfBytes([.. Unescape(line[1..^1], IsEscapeOfBytes).Select(c => (byte)c)])
            : throw new InvalidDataException("a string is not quoted");

    /// <summary>A string whose characters beyond Latin-1 are escaped.</summary>
    /// <exception cref="InvalidDataException">An escape is malformed.</exception>
    public static string WithCodePoints(string line) => Unescape(line, c => c is 'u' or 'U');

    private static bool IsEscapeOfBytes(char c) => c is '\\' or '\'' or '"' or 'n' or 'r' or 't' or 'x';

    /// <summary>Replaces escapes of the given kinds; keeps other backslashes.</summary>
    private static string Unescape(string text, Func<char, bool> isEscape)
    {
        if (!text.Contains('\\'))
            return text;
        StringBuilder unescaped = new(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 == text.Length || !isEscape(text[i + 1]))
            {
                unescaped.Append(text[i]);
                continue;
            }

            char kind = text[++i];
            int digits = kind switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
            unescaped.Append(
                digits > 0 ? CodePoint(text, i + 1, digits) : kind switch { 'n' => "\n", 'r' => "\r", 't' => "\t", _ => kind.ToString() });
            i += digits;
        }

        return unescaped.ToString();
    }

    private static string CodePoint(string text, int start, int digits)
    {
        bool isHexadecimal = int.TryParse(
            text.AsSpan(Math.Min(start, text.Length), Math.Min(digits, text.Length - Math.Min(start, text.Length))),
            NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value);
        if (!isHexadecimal || start + digits > text.Length || value is < 0 or > 0x10FFFF)
            throw new InvalidDataException("a string has a malformed escape");
        // Half of a surrogate pair is allowed; the other half follows.
        return value > char.MaxValue ? char.ConvertFromUtf32(value) : ((char)value).ToString();
    }
}
