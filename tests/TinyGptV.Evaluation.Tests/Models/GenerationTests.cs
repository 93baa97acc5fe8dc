using System.Collections.Immutable;
using CsCheck;
using TinyGptV.Evaluation.Models;

namespace TinyGptV.Evaluation.Tests.Models;

public sealed class GenerationTests
{
    [Fact]
    public void Prefers_Words_IsTheShareOfTheirProbability() => Gen.Select(Gen.Double[0.001, 0.5], Gen.Double[0.001, 0.5]).Sample((yes, no) =>
    {
        Generation generation = With(("yes", yes), ("no", no));
        Assert.Equal(yes / (yes + no), generation.Prefers(["yes"], ["no"])!.Value, 1e-12);
        Assert.Equal(1, generation.Prefers(["yes"], ["no"])!.Value + generation.Prefers(["no"], ["yes"])!.Value, 1e-12);
    });

    [Fact]
    public void Prefers_NothingKnown_IsUnknown_AndNothingPossible_IsEven()
    {
        Assert.Null(new Generation("yes", [1], StopReason.Length).Prefers(["yes"], ["no"]));
        Assert.Null(With(("yes", 0.5)).Prefers(["yes"], ["no"]));
        Assert.Equal(0.5, With(("yes", 0), ("no", 0)).Prefers(["yes"], ["no"]));
        Assert.Equal(1, With(("yes", 1e-300), ("no", 0)).Prefers(["yes"], ["no"]));
    }

    private static Generation With(params (string Word, double Probability)[] words) => new("yes", [1], StopReason.Length)
    {
        FirstWords = words.ToImmutableSortedDictionary(word => word.Word, word => word.Probability, StringComparer.Ordinal),
    };
}
