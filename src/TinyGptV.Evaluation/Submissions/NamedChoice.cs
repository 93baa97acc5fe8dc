using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace TinyGptV.Evaluation.Submissions;

/// <summary>The choice that a free text names, as harnesses ask for it: its text, its letter, or <c>ANSWER: letter</c>.</summary>
internal static partial class NamedChoice
{
    /// <returns>The index of the choice; null if the text names none, or several.</returns>
    public static int? In(string text, ImmutableArray<string> choices)
    {
        string said = PythonText.Strip(text).TrimEnd('.');
        for (int i = 0; i < choices.Length; i++)
        {
            if (string.Equals(choices[i], said, StringComparison.OrdinalIgnoreCase))
                return i;
        }

        Match letter = Announced().Match(said) is { Success: true } announced ? announced : Letter().Match(said);
        if (letter.Success)
            return char.ToUpperInvariant(letter.Groups["letter"].Value[0]) - 'A' is var index && index < choices.Length ? index : null;
        int[] mentioned = [.. Enumerable.Range(0, choices.Length).Where(i => Mentions(said, choices[i]))];
        return mentioned.Length == 1 ? mentioned[0] : null;
    }

    private static bool Mentions(string text, string choice) =>
        choice.Length > 0 && Regex.IsMatch(text, $@"(?<!\w){Regex.Escape(choice)}(?!\w)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    [GeneratedRegex(@"^\(?(?<letter>[A-Z])\)?($|[.:),])", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Letter();

    [GeneratedRegex(@"\bANSWER\s*:\s*\(?(?<letter>[A-Z])(?!\w)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Announced();
}
