namespace TinyGptV.Evaluation;

/// <summary>Python's <c>str</c> methods where .NET differs; the official scorers rely on them.</summary>
internal static class PythonText
{
    /// <summary>
    /// Python's <c>str.lower</c>, except for a word-final Greek sigma, which occurs in no label. Only the dotted capital I becomes two
    /// characters.
    /// </summary>
    public static string Lower(string text) => text.Replace("\u0130", "i\u0307", StringComparison.Ordinal).ToLowerInvariant();

    /// <summary>Python's <c>str.strip</c>.</summary>
    public static string Strip(string text)
    {
        int start = 0;
        int end = text.Length;
        while (start < end && IsSpace(text[start]))
            start++;
        while (end > start && IsSpace(text[end - 1]))
            end--;
        return text[start..end];
    }

    /// <summary>Python's <c>str.split</c>: the parts between whitespace.</summary>
    public static IEnumerable<string> Split(string text)
    {
        int start = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && !IsSpace(text[i]))
                continue;
            if (i > start)
                yield return text[start..i];
            start = i + 1;
        }
    }

    /// <summary>Python also counts the four ASCII separator characters as whitespace.</summary>
    private static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\u001c' and <= '\u001f';
}
