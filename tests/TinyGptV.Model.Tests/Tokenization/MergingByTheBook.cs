using System.Globalization;
using System.Text;
using System.Text.Json;

namespace TinyGptV.Model.Tests.Tokenization;

/// <summary>A second, slow tokenizer that follows the definition: code points instead of UTF-16, lists instead of tables, one merge at a time.</summary>
internal sealed class MergingByTheBook(string folder)
{
    private readonly Dictionary<string, int> _vocabulary = Read(folder, "vocab.json");
    private readonly Dictionary<string, int> _added =
        new(Read(folder, "added_tokens.json")) { ["<|endoftext|>"] = Read(folder, "vocab.json")["<|endoftext|>"] };
    private readonly string[] _letters = Letters(folder);
    private readonly List<string> _merges = [.. File.ReadAllLines(Path.Combine(folder, "merges.txt")).Skip(1).Where(line => line.Length > 0)];

    public int[] Encode(string text)
    {
        for (int at = 0; at < text.Length; at++)
        {
            string? added = _added.Keys.Where(token => string.CompareOrdinal(text, at, token, 0, token.Length) == 0).MaxBy(token => token.Length);
            if (added is not null)
                return [.. Words(text[..at]).SelectMany(Merge), _added[added], .. Encode(text[(at + added.Length)..])];
        }

        return [.. Words(text).SelectMany(Merge)];
    }

    private static Dictionary<string, int> Read(string folder, string name) =>
        JsonSerializer.Deserialize<Dictionary<string, int>>(File.ReadAllText(Path.Combine(folder, name)))!;

    private static IEnumerable<string> Words(string text)
    {
        Rune[] runes = [.. text.EnumerateRunes()];
        for (int at = 0; at < runes.Length;)
        {
            int length = Length(runes[at..]);
            yield return string.Concat(runes[at..(at + length)]);
            at += length;
        }
    }

    private static int Length(Rune[] rest)
    {
        foreach (string contraction in new[] { "s", "t", "re", "ve", "m", "ll", "d" })
            if (string.Concat(rest.Take(contraction.Length + 1)) == "'" + contraction)
                return contraction.Length + 1;
        int space = rest[0].Value == ' ' ? 1 : 0;
        foreach (char kind in "LNO")
        {
            int run = rest.Skip(space).TakeWhile(rune => KindOf(rune) == kind).Count();
            if (run > 0)
                return space + run;
        }

        int white = rest.TakeWhile(rune => KindOf(rune) == 'S').Count();
        return white == rest.Length || white == 1 ? white : white - 1;
    }

    private static char KindOf(Rune rune) => Rune.IsWhiteSpace(rune) ? 'S' : CharUnicodeInfo.GetUnicodeCategory(rune.Value) switch
    {
        <= UnicodeCategory.OtherLetter => 'L',
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => 'N',
        _ => 'O',
    };

    private IEnumerable<int> Merge(string word)
    {
        List<string> parts = [.. Encoding.UTF8.GetBytes(word).Select(value => _letters[value])];
        while (true)
        {
            int best = Enumerable.Range(0, Math.Max(0, parts.Count - 1)).Select(i => _merges.IndexOf($"{parts[i]} {parts[i + 1]}"))
                .Where(rank => rank >= 0).DefaultIfEmpty(-1).Min();
            if (best < 0)
                return parts.Select(part => _vocabulary[part]);
            for (int i = 0; i < parts.Count - 1; i++)
                if ($"{parts[i]} {parts[i + 1]}" == _merges[best])
                {
                    parts[i] += parts[i + 1];
                    parts.RemoveAt(i + 1);
                }
        }
    }

    /// <summary>The first 256 entries of the vocabulary are the bytes, visible ones first.</summary>
    private static string[] Letters(string folder)
    {
        int[] visible = [.. Enumerable.Range(33, 94), .. Enumerable.Range(161, 12), .. Enumerable.Range(174, 82)];
        int[] order = [.. visible, .. Enumerable.Range(0, 256).Except(visible)];
        var byId = Read(folder, "vocab.json").ToDictionary(token => token.Value, token => token.Key);
        return [.. Enumerable.Range(0, 256).Select(value => byId[Array.IndexOf(order, value)])];
    }
}
