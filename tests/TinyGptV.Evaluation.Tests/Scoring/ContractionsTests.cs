using System.Security.Cryptography;
using System.Text;
using TinyGptV.Evaluation.Scoring;

namespace TinyGptV.Evaluation.Tests.Scoring;

public sealed class ContractionsTests
{
    // The digest of the table in GT-Vision-Lab/VQA at a013f00: keys by code point, each line key, tab, value, line feed.
    private const string Published = "f7e93e52d4cd2e370d30e576bfe54d4437e95fd593cec197817e9e388c46659f";

    [Fact]
    public void Vqa_IsThePublishedTable()
    {
        IEnumerable<string> lines = Contractions.Vqa.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => $"{entry.Key}\t{entry.Value}\n");

        Assert.Equal(120, Contractions.Vqa.Count);
        Assert.Equal(Published, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(lines)))));
    }

    [Fact]
    public void Vqa_CapitalsAndWordsThatStay_AreThePublishedQuirks()
    {
        Assert.Equal(["I'dve", "Id've", "Im", "Ive"], Contractions.Vqa.Keys.Where(key => key.Any(char.IsUpper)).Order(StringComparer.Ordinal));
        Assert.Equal(["let's", "she's"], Contractions.Vqa.Where(entry => entry.Key == entry.Value).Select(entry => entry.Key).Order(StringComparer.Ordinal));
        Assert.Equal("somebodyd", Contractions.Vqa["somebody'd"]);
    }

    [Theory]
    [InlineData("dont", "don\u2019t")]
    [InlineData("couldn'tve", "couldn\u2019t\u2019ve")]
    [InlineData("couldnt\u2019ve", "couldn\u2019t\u2019ve")]
    [InlineData("ow's\u2019at", "\u2019ow\u2019s\u2019at")]
    [InlineData("aint", "ain't")]
    [InlineData("weve", "we've")]
    public void VizWiz_IsTheSameTableWithDamagedApostrophes(string word, string expected) => Assert.Equal(expected, Contractions.VizWiz[word]);

    [Fact]
    public void VizWiz_HasAsManyEntries() => Assert.Equal(120, Contractions.VizWiz.Count);
}
