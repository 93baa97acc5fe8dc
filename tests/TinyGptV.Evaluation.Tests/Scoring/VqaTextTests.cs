using System.Text.Json;
using CsCheck;
using TinyGptV.Evaluation.Scoring;

namespace TinyGptV.Evaluation.Tests.Scoring;

public sealed class VqaTextTests
{
    private static readonly Gen<string> Answer = Gen.OneOf(
        Gen.String,
        Gen.OneOf(((string[])["the ", "a ", "ten", "1,000", " - ", "-", ".", "...", "dont", "3.5", "'s", "St. ", "_", " "]).Select(Gen.Const).ToArray())
            .Array[0, 8].Select(parts => string.Concat(parts)));

    public static TheoryData<string, string> Vectors() =>
        [.. CaseFile.Read("vqa-normalization").GetProperty("cases").EnumerateArray().Select(one => (Text(one, "input"), Text(one, "output")))];

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Normalize_GivesWhatTheOfficialCodeGives(string input, string output) => Assert.Equal(output, VqaText.Normalize(input, Contractions.Vqa));

    [Theory]
    [InlineData("one\u001ctwo\u00a0three", "1 2 3")]
    [InlineData("\u0663,\u0664-x", "\u0663\u0664x")]
    [InlineData("\ud835\udfcf,\ud835\udfd0-x", "\ud835\udfcf\ud835\udfd0x")]
    [InlineData("7,\ud835\udfd0 a-b", "7\ud835\udfd0 ab")]
    [InlineData("a.\ud835\udfd0", "a.\ud835\udfd0")]
    [InlineData("\u0130", "i\u0307")]
    public void Normalize_SpacesDigitsAndLettersBeyondAscii_AreThoseOfPython(string input, string output) =>
        Assert.Equal(output, VqaText.Normalize(input, Contractions.Vqa));

    [Fact]
    public void Normalize_AnyText_LeavesNoMarkNoArticleAndSingleSpaces() => Answer.Sample(text =>
    {
        string normal = VqaText.Normalize(VqaText.Trim(text), Contractions.Vqa);
        return !normal.AsSpan().ContainsAny(";/[]\"{}()=+\\_-><@`,?!")
            && PythonText.Split(normal).All(word => word is not ("a" or "an" or "the"))
            && normal == string.Join(' ', PythonText.Split(normal));
    });

    [Fact]
    public void Trim_AnyText_IsOneLineWithoutWhiteSpaceAround() => Answer.Sample(text =>
        VqaText.Trim($"\n\t {text}\t\n ") == VqaText.Trim(text) && !VqaText.Trim(text).AsSpan().ContainsAny('\n', '\t'));

    private static string Text(JsonElement one, string name) => one.GetProperty(name).GetString()!;
}
