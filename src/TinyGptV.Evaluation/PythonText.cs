namespace TinyGptV.Evaluation;

/// <summary>Python's methods of <c>str</c>, with which the official codes were written, where .NET's differ.</summary>
internal static class PythonText
{
    /// <summary>
    /// Python's <c>str.lower</c>, but for a Greek sigma at the end of a word, which no label holds. The dotted capital I is the one
    /// letter that becomes two.
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

    /// <summary>Python's <c>str.split</c>: the parts between white space.</summary>
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

    /// <summary>Python counts the four separators of old tape formats as white space too.</summary>
    private static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\u001c' and <= '\u001f';
}
