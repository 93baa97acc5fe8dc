namespace TinyGptV.Evaluation.Scoring;

/// <summary>Text comparisons for the scorers. All are ordinal, like Python's.</summary>
internal static class AnswerText
{
    /// <summary>The end of a conversation turn: the model's own answer comes before it, an imagined next turn after it.</summary>
    private const string EndOfTurn = "###";

    /// <summary>Python's <c>label in text.lower()</c>, on the whole text: <c>no</c> is in <c>snow</c>, and an imagined next turn counts.</summary>
    public static bool ContainsLabel(string label, string text) => PythonText.Lower(text).Contains(label, StringComparison.Ordinal);

    /// <summary>Equal in lower case.</summary>
    public static bool EqualsAnyCase(string one, string other) => PythonText.Lower(one) == PythonText.Lower(other);

    /// <summary>Removes a full stop at the end.</summary>
    public static string WithoutFullStop(string text) => text.EndsWith('.') ? text[..^1] : text;

    /// <summary>Removes unknown-token marks and surrounding whitespace.</summary>
    public static string WithoutUnknown(string text) => PythonText.Strip(text.Replace("<unk>", "", StringComparison.Ordinal));

    /// <summary>The model's own answer: up to the end of its turn, trimmed.</summary>
    public static string OwnTurn(string text)
    {
        int end = text.IndexOf(EndOfTurn, StringComparison.Ordinal);
        return PythonText.Strip(end < 0 ? text : text[..end]);
    }

    /// <summary>Whether a text goes on after the end of the model's turn.</summary>
    public static bool GoesBeyondOwnTurn(string text) => text.Contains(EndOfTurn, StringComparison.Ordinal);

    /// <summary>The model's own answer as the original script takes it: after the last <c>Assistant:</c>, if any.</summary>
    public static string OwnTurnAsAssistant(string text) => PythonText.Strip(OwnTurn(text).Split("Assistant:")[^1]);

    /// <summary>The side that the model's own answer takes by whole words; null for neither or both.</summary>
    public static bool? Side(string text, Func<string, bool> affirms, Func<string, bool> denies)
    {
        string[] words = [.. Words(PythonText.Lower(OwnTurn(text)))];
        bool affirmed = words.Any(affirms);
        return affirmed != words.Any(denies) ? affirmed : null;
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
