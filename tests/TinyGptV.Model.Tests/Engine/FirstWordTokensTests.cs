using TinyGptV.Model.Engine.Decoding;
using TinyGptV.Model.Tests.Tokenization;
using TinyGptV.Model.Tokenization;

namespace TinyGptV.Model.Tests.Engine;

public sealed class FirstWordTokensTests
{
    private const string Unspelled = "yesnotruefalse";

    /// <summary>Words with a token in the set's vocabulary: those that benchmarks use, then letters.</summary>
    internal static string[] SpelledWords { get; } = [.. new[] { "yes", "no", "true", "false", "a", "b" }.Where(word => SpellingsOf(word).Length > 0)];

    /// <summary>The tokens of a word's four spellings, from the vocabulary instead of the tokenizer under test.</summary>
    internal static int[] SpellingsOf(string word)
    {
        var book = new MergingByTheBook(GoldenModel.TokenizerFolder);
        string capitalised = word[..1].ToUpperInvariant() + word[1..];
        return [.. new[] { word, capitalised, " " + word, " " + capitalised }.Select(book.Encode).Where(ids => ids.Length == 1).Select(ids => ids[0])];
    }

    [Fact]
    public void Of_Words_TakesEachSpellingThatIsOneToken()
    {
        PhiTokenizer tokenizer = PhiTokenizer.Open(GoldenModel.TokenizerFolder);
        foreach (string word in new[] { "yes", "no", "true", "false", "a", Unspelled })
            Assert.Equal(SpellingsOf(word), FirstWordTokens.Of([word], tokenizer).All);
        Assert.Equal([.. SpellingsOf("yes"), .. SpellingsOf("no")], FirstWordTokens.Of(["yes", "no"], tokenizer).All);
        Assert.InRange(SpellingsOf("a").Length, 2, 4); // "a" and "A" are bytes, which are in every vocabulary
        Assert.Empty(SpellingsOf(Unspelled));
        Assert.Empty(FirstWordTokens.Of([], tokenizer).All);
    }

    [Fact]
    public void Probabilities_AreTheSumsOverEachWordsSpellings()
    {
        var words = new FirstWordTokens([[3, 4], [], [5]]);
        Assert.Equal([3, 4, 5], words.All);
        Assert.Equal([0.75, 0, 0.125], words.Probabilities([Math.Log(0.5), Math.Log(0.25), Math.Log(0.125)]), (a, b) => Math.Abs(a - b) < 1e-15);
    }
}
