namespace TinyGptV.Evaluation.Scoring;

/// <summary>The comparisons of texts of which the scorers are made. All are ordinal, as Python's are.</summary>
internal static class AnswerText
{
    /// <summary>What ends a turn of the conversation: the model's own answer lies before it, an imagined next turn behind it.</summary>
    private const string EndOfTurn = "###";

    /// <summary>
    /// Python's <c>str.lower</c>, but for a Greek sigma at the end of a word, which no label holds. The dotted capital I is the one
    /// letter that becomes two.
    /// </summary>
    public static string Lower(string text) => text.Replace("\u0130", "i\u0307", StringComparison.Ordinal).ToLowerInvariant();

    /// <summary>Python's <c>label in text.lower()</c>, on the whole text: <c>no</c> is in <c>snow</c>, and an imagined next turn counts.</summary>
    public static bool ContainsLabel(string label, string text) => Lower(text).Contains(label, StringComparison.Ordinal);

    /// <summary>The model's own answer: up to the end of its turn, without white space around.</summary>
    public static string OwnTurn(string text)
    {
        int end = text.IndexOf(EndOfTurn, StringComparison.Ordinal);
        return (end < 0 ? text : text[..end]).Trim();
    }

    /// <summary>
    /// The side that the model's own answer takes: true for the whole words <c>true</c> and <c>yes</c>, false for <c>false</c> and <c>no</c>; null if it
    /// holds none of them or takes both sides.
    /// </summary>
    public static bool? Side(string text)
    {
        HashSet<bool> sides = [];
        foreach (string word in Words(Lower(OwnTurn(text))))
        {
            if (word is "true" or "yes")
                sides.Add(true);
            else if (word is "false" or "no")
                sides.Add(false);
        }

        return sides.Count == 1 ? sides.Single() : null;
    }

    private static IEnumerable<string> Words(string text)
    {
        int start = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && (char.IsLetterOrDigit(text[i]) || text[i] == '_'))
                continue;
            if (i > start)
                yield return text[start..i];
            start = i + 1;
        }
    }
}
