using TinyGptV.Model.Engine.Decoding;
using TinyGptV.Model.Tokenization;

namespace TinyGptV.Model.Tests.Engine;

public sealed class FirstWordTokensTests
{
    [Fact]
    public void Of_Words_TakesEachSpellingThatIsOneToken()
    {
        PhiTokenizer tokenizer = PhiTokenizer.Open(Golden.PathOf("e2e/phi-2"));
        Assert.Equal([tokenizer.Encode(" Yes")[0], tokenizer.Encode(" no")[0]], FirstWordTokens.Of(["yes", "no"], tokenizer).All);
        Assert.Equal([tokenizer.Encode("a")[0], tokenizer.Encode("A")[0], tokenizer.Encode(" a")[0]], FirstWordTokens.Of(["a"], tokenizer).All.Take(3));
        Assert.Empty(FirstWordTokens.Of(["true"], tokenizer).All);
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
