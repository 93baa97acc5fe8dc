using System.Text.RegularExpressions;

namespace TinyGptV.Model.Checkpoints.Layout;

/// <summary>
/// Shortens lists of tensor names: names that differ only in the layer number become one (<c>model.layers.0..31.post_layernorm.weight</c>).
/// </summary>
internal static partial class TensorNames
{
    public static IEnumerable<string> Group(IEnumerable<string> names) => names
        .Select(name => (Match: LayerNumber().Match(name), Name: name))
        .GroupBy(
            name => name.Match.Success
                ? (name.Name[..name.Match.Index], name.Name[(name.Match.Index + name.Match.Length)..], true)
                : (name.Name, "", false),
            name => name.Match.Success ? int.Parse(name.Match.Groups[1].ValueSpan) : 0)
        .Select(group => group.Key.Item3 ? $"{group.Key.Item1}{Ranges([.. group.Distinct().Order()])}{group.Key.Item2}" : group.Key.Item1);

    private static string Ranges(int[] numbers)
    {
        var ranges = new List<string>();
        for (int i = 0; i < numbers.Length;)
        {
            int last = i;
            while (last + 1 < numbers.Length && numbers[last + 1] == numbers[last] + 1)
                last++;
            ranges.Add(last == i ? $"{numbers[i]}" : $"{numbers[i]}..{numbers[last]}");
            i = last + 1;
        }

        return string.Join(",", ranges);
    }

    [GeneratedRegex(@"(?<=\.)([0-9]{1,6})(?=\.)")]
    private static partial Regex LayerNumber();
}
