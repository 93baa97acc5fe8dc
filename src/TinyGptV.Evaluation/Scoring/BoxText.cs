using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace TinyGptV.Evaluation.Scoring;

/// <summary>
/// Finds a box in an answer: four numbers in percent of the image's sides, as in <c>{&lt;10&gt;&lt;20&gt;&lt;55&gt;&lt;90&gt;}</c>, at the very start.
/// </summary>
internal static partial class BoxText
{
    /// <summary>The corners left, top, right, bottom in percent; null if the answer does not start with a box.</summary>
    public static ImmutableArray<int>? Find(string text)
    {
        Match box = Box().Match(Clean(text));
        return box.Success ? Numbers(box.Value) : null;
    }

    /// <summary>Like the original script, which reads all numbers of the uncut answer: more than four are not a box.</summary>
    public static ImmutableArray<int>? FindAlone(string text) =>
        Find(text) is { } box && Number().Count(Clean(text)) == box.Length ? box : null;

    private static string Clean(string text) =>
        PythonText.Strip(text.Replace("<unk>", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal));

    private static ImmutableArray<int> Numbers(string text) =>
        [.. Number().Matches(text).Select(number => number.Value.Aggregate(0, (value, digit) => (value * 10) + CharUnicodeInfo.GetDecimalDigitValue(digit)))];

    [GeneratedRegex("""\A\{<\d{1,3}><\d{1,3}><\d{1,3}><\d{1,3}>\}""", RegexOptions.CultureInvariant)]
    private static partial Regex Box();

    [GeneratedRegex("""\d+""", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
