using System.Buffers;
using System.Collections.Frozen;
using System.Text;

namespace TinyGptV.Evaluation.Scoring;

/// <summary>The answer normalization of the official VQA scorer, bugs included, because published results depend on them.</summary>
internal static class VqaText
{
    private const string Marks = ";/[]\"{}()=+\\_-><@`,?!";

    /// <summary>The official code passes a regex flag where a limit is expected.</summary>
    private const int MostFullStops = 32;

    private static readonly SearchValues<char> AnyMark = SearchValues.Create(Marks);

    private static readonly FrozenDictionary<string, string> Numbers = new Dictionary<string, string>
    {
        ["none"] = "0",
        ["zero"] = "0",
        ["one"] = "1",
        ["two"] = "2",
        ["three"] = "3",
        ["four"] = "4",
        ["five"] = "5",
        ["six"] = "6",
        ["seven"] = "7",
        ["eight"] = "8",
        ["nine"] = "9",
        ["ten"] = "10",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Replaces line breaks and tabs with spaces, and trims.</summary>
    public static string Trim(string text) => PythonText.Strip(text.Replace('\n', ' ').Replace('\t', ' '));

    /// <summary>Removes punctuation and articles, lower-cases, writes numbers up to ten as digits and restores apostrophes.</summary>
    /// <param name="text">A trimmed text.</param>
    /// <param name="contractions">The words whose apostrophes are restored.</param>
    public static string Normalize(string text, FrozenDictionary<string, string> contractions) =>
        string.Join(' ', PythonText.Split(PythonText.Lower(WithoutFullStops(WithoutMarks(text))))
            .Select(word => Numbers.GetValueOrDefault(word, word))
            .Where(word => word is not ("a" or "an" or "the"))
            .Select(word => contractions.GetValueOrDefault(word, word)));

    /// <summary>A mark next to a space anywhere is deleted everywhere; other marks become spaces. If a number has a comma, all marks are deleted.</summary>
    private static string WithoutMarks(string text)
    {
        if (!text.AsSpan().ContainsAny(AnyMark))
            return text;
        bool hasGroupedNumber = HasGroupedNumber(text);
        string result = text;
        foreach (char mark in Marks)
        {
            bool isDeleted = hasGroupedNumber || text.Contains($"{mark} ", StringComparison.Ordinal) || text.Contains($" {mark}", StringComparison.Ordinal);
            result = isDeleted ? result.Replace(mark.ToString(), "") : result.Replace(mark, ' ');
        }

        return result;
    }

    private static bool HasGroupedNumber(string text)
    {
        for (int i = text.IndexOf(',', StringComparison.Ordinal); i >= 0; i = text.IndexOf(',', i + 1))
        {
            Rune.DecodeLastFromUtf16(text.AsSpan(0, i), out Rune before, out _);
            if (Rune.IsDigit(before) && IsDigitAt(text, i + 1))
                return true;
        }

        return false;
    }

    /// <summary>The pattern's look-behind is always true, a bug: a full stop stays only before a digit, or after 32 others.</summary>
    private static string WithoutFullStops(string text)
    {
        if (!text.Contains('.', StringComparison.Ordinal))
            return text;
        StringBuilder result = new(text.Length);
        int removed = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '.' && removed < MostFullStops && !IsDigitAt(text, i + 1))
                removed++;
            else
                result.Append(text[i]);
        }

        return result.ToString();
    }

    private static bool IsDigitAt(string text, int index)
    {
        Rune.DecodeFromUtf16(text.AsSpan(index), out Rune rune, out _);
        return Rune.IsDigit(rune);
    }
}
