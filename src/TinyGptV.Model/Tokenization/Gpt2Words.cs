using System.Globalization;
using System.Text;
using Microsoft.ML.Tokenizers;

namespace TinyGptV.Model.Tokenization;

/// <summary>
/// GPT-2's pre-tokenization: splits text into contractions, letters, numbers and other characters, each with at most one leading space, and runs of
/// white space, whose last character goes to the next word. Works on code points like the original; .NET's regular expressions work on UTF-16 units.
/// </summary>
internal sealed class Gpt2Words : PreTokenizer
{
    private static readonly string[] Contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    private enum Kind
    {
        Space,
        Letter,
        Number,
        Other,
    }

    public override IEnumerable<(int Offset, int Length)> PreTokenize(string text)
    {
        for (int at = 0; at < text.Length;)
        {
            int end = EndOfWord(text, at);
            yield return (at, end - at);
            at = end;
        }
    }

    public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text) => PreTokenize(text.ToString());

    private static int EndOfWord(string text, int at)
    {
        foreach (string contraction in Contractions)
            if (text.AsSpan(at).StartsWith(contraction, StringComparison.Ordinal))
                return at + contraction.Length;

        int first = text[at] == ' ' ? at + 1 : at;
        if (first < text.Length && KindAt(text, first, out _) is var kind and not Kind.Space)
            return EndOfRun(text, first, kind);

        int end = EndOfRun(text, at, Kind.Space);
        return end == text.Length || end == at + 1 ? end : end - 1;
    }

    private static int EndOfRun(string text, int at, Kind kind)
    {
        while (at < text.Length && KindAt(text, at, out int length) == kind)
            at += length;
        return at;
    }

    private static Kind KindAt(string text, int at, out int length)
    {
        Rune.DecodeFromUtf16(text.AsSpan(at), out Rune rune, out length); // a lone surrogate becomes U+FFFD, which is Other
        if (Rune.IsWhiteSpace(rune))
            return Kind.Space;
        return Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter
                or UnicodeCategory.OtherLetter => Kind.Letter,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Kind.Number,
            _ => Kind.Other,
        };
    }
}
