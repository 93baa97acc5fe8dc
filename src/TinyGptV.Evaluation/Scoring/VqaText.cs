using System.Buffers;
using System.Collections.Frozen;
using System.Text;

namespace TinyGptV.Evaluation.Scoring;

/// <summary>How the official VQA scorer makes answers alike, its slips included: published numbers were made with them.</summary>
internal static class VqaText
{
    private const string Marks = ";/[]\"{}()=+\\_-><@`,?!";

    /// <summary>The official code passes a regular expression's flag in the place of a limit.</summary>
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

    /// <summary>One line without white space around.</summary>
    public static string Trim(string text) => PythonText.Strip(text.Replace('\n', ' ').Replace('\t', ' '));

    /// <summary>Without punctuation, in lower case, with digits for numbers up to ten, without articles, with apostrophes.</summary>
    /// <param name="text">A trimmed text.</param>
    /// <param name="contractions">The words that get apostrophes.</param>
    public static string Normalize(string text, FrozenDictionary<string, string> contractions) =>
        string.Join(' ', PythonText.Split(PythonText.Lower(WithoutFullStops(WithoutMarks(text))))
            .Select(word => Numbers.GetValueOrDefault(word, word))
            .Where(word => word is not ("a" or "an" or "the"))
            .Select(word => contractions.GetValueOrDefault(word, word)));

    /// <summary>A mark beside a space anywhere is deleted everywhere, other marks become spaces; a number with a comma has all of them deleted.</summary>
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

    /// <summary>The pattern's look-behind is a slip that is always true: a full stop stays only before a digit, or behind 32 others.</summary>
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
