namespace TinyGptV.Evaluation.Scoring;

/// <summary>The comparisons of texts of which the scorers are made. All are ordinal, as Python's are.</summary>
internal static class AnswerText
{
    /// <summary>What ends a turn of the conversation: the model's own answer lies before it, an imagined next turn behind it.</summary>
    private const string EndOfTurn = "###";

    /// <summary>Python's <c>label in text.lower()</c>, on the whole text: <c>no</c> is in <c>snow</c>, and an imagined next turn counts.</summary>
    public static bool ContainsLabel(string label, string text) => PythonText.Lower(text).Contains(label, StringComparison.Ordinal);

    /// <summary>Equal in lower case.</summary>
    public static bool EqualsAnyCase(string one, string other) => PythonText.Lower(one) == PythonText.Lower(other);

    /// <summary>Without a full stop at the end.</summary>
    public static string WithoutFullStop(string text) => text.EndsWith('.') ? text[..^1] : text;

    /// <summary>Without the marks of unknown tokens, and without white space around.</summary>
    public static string WithoutUnknown(string text) => PythonText.Strip(text.Replace("<unk>", "", StringComparison.Ordinal));

    /// <summary>The model's own answer: up to the end of its turn, without white space around.</summary>
    public static string OwnTurn(string text)
    {
        int end = text.IndexOf(EndOfTurn, StringComparison.Ordinal);
        return PythonText.Strip(end < 0 ? text : text[..end]);
    }

    /// <summary>The model's own answer as the original's script takes it: what it says as an assistant, if it names itself so.</summary>
    public static string OwnTurnAsAssistant(string text) => PythonText.Strip(OwnTurn(text).Split("Assistant:")[^1]);

    /// <summary>The side that the model's own answer takes by its whole words; null if it holds none of them or takes both sides.</summary>
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
