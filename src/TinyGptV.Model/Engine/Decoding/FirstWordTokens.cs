using System.Collections.Immutable;
using TinyGptV.Model.Tokenization;

namespace TinyGptV.Model.Engine.Decoding;

/// <summary>
/// The first tokens of answers that begin with certain words: for <c>yes</c>, those of "yes", "Yes", " yes" and " Yes" that are a single token. In
/// Phi-2's vocabulary all of them are, for yes, no, true and false.
/// </summary>
/// <param name="spellings">The tokens of each word.</param>
internal sealed class FirstWordTokens(ImmutableArray<ImmutableArray<int>> spellings)
{
    /// <summary>The tokens of all words, in order.</summary>
    public ImmutableArray<int> All { get; } = [.. spellings.SelectMany(tokens => tokens)];

    /// <summary>Looks up the spellings of the words.</summary>
    /// <param name="words">Lower-case words.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    public static FirstWordTokens Of(ImmutableArray<string> words, PhiTokenizer tokenizer) => new([.. words.Select(word => TokensOf(word, tokenizer))]);

    /// <summary>The probability of each word: the sum over its tokens.</summary>
    /// <param name="logLikelihoods">The log-likelihood of each of <see cref="All"/>.</param>
    /// <returns>One probability per word; 0 for a word without a single-token spelling.</returns>
    public ImmutableArray<double> Probabilities(IReadOnlyList<double> logLikelihoods)
    {
        var probabilities = ImmutableArray.CreateBuilder<double>(spellings.Length);
        int next = 0;
        foreach (ImmutableArray<int> tokens in spellings)
        {
            double sum = 0;
            foreach (int _ in tokens)
                sum += Math.Exp(logLikelihoods[next++]);
            probabilities.Add(sum);
        }

        return probabilities.DrainToImmutable();
    }

    private static ImmutableArray<int> TokensOf(string word, PhiTokenizer tokenizer)
    {
        string capitalised = char.ToUpperInvariant(word[0]) + word[1..];
        return [.. ((string[])[word, capitalised, " " + word, " " + capitalised])
            .Select(tokenizer.Encode).Where(ids => ids.Length == 1).Select(ids => ids[0]).Distinct()];
    }
}
