using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using TinyGptV.Model.Checkpoints.Formats;
using TinyGptV.Model.Tests.Checkpoints;
using TinyGptV.Model.Tokenization;

namespace TinyGptV.Model.Tests.Tokenization;

public sealed class PhiTokenizerTests : IDisposable
{
    private static readonly PhiTokenizer Phi = PhiTokenizer.Open(GoldenModel.TokenizerFolder);

    private readonly CheckpointFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Encode_EveryGoldenText_GivesTheOriginalsIdsAndTokens()
    {
        foreach (JsonNode? golden in Cases("cases"))
        {
            int[] ids = Phi.Encode((string)golden!["text"]!);
            Assert.Equal(Ids(golden), ids);
            Assert.Equal(golden["tokens"]!.AsArray().Select(token => (string)token!), ids.Select(Phi.TokenOf));
        }
    }

    [Fact]
    public void Decode_EveryGoldenText_GivesTheOriginalsText()
    {
        foreach (JsonNode? golden in Cases("cases"))
        {
            Assert.Equal((string)golden!["decoded"]!, Phi.Decode(Ids(golden), skipSpecialTokens: false));
            Assert.Equal((string)golden["decoded_skip_special"]!, Phi.Decode(Ids(golden), skipSpecialTokens: true));
            Assert.Equal((string)golden["decoded_no_cleanup"]!, Phi.Decode(Ids(golden), skipSpecialTokens: true, cleanUp: false));
        }
    }

    [Fact]
    public void Decode_GoldenIdsThatNoTextGives_GivesTheOriginalsText()
    {
        foreach (JsonNode? golden in Cases("decode_only"))
        {
            Assert.Equal((string)golden!["decoded"]!, Phi.Decode(Ids(golden), skipSpecialTokens: false));
            Assert.Equal((string)golden["decoded_skip_special"]!, Phi.Decode(Ids(golden), skipSpecialTokens: true));
        }
    }

    [Fact]
    public void Encode_GoldenPrompts_GivesTheOriginalsSegments()
    {
        JsonNode goldens = Golden.Json("e2e/goldens.json");
        string[] texts = [.. goldens["texts"]!.AsArray().Select(text => (string)text!)];
        foreach (JsonNode? golden in goldens["cases"]!.AsArray())
        {
            string[] segments = texts[(int)golden!["prompt"]!].Split("<ImageHere>");
            Assert.Equal(golden["segment_ids"]!.AsArray().Select(ids => ids!.AsArray().Select(id => (int)id!)),
                segments.Select(segment => (IEnumerable<int>)Phi.Encode(segment)));
        }
    }

    [Fact]
    public void GenerateText_GoldenSequences_GivesTheOriginalsAnswers()
    {
        foreach (JsonNode? golden in Golden.Json("e2e/goldens.json")["cases"]!.AsArray())
            Assert.Equal((string)golden!["answer"]!, Phi.GenerateText([.. golden["sequence"]!.AsArray().Select(id => (int)id!)]));
    }

    [Theory]
    [InlineData("  yes</s>no", "yes")]
    [InlineData("<s>[INST] a [/INST] b [/INST] c\n", "c")]
    [InlineData("<s>a<s>b", "ab")]
    [InlineData("a</s", "a</s")]
    [InlineData("\u001C\u00A0yes###\u001F\u3000", "yes###")]
    [InlineData("", "")]
    public void GenerateText_CutsWhatTheOriginalCuts(string text, string expected) => Assert.Equal(expected, Phi.GenerateText(Phi.Encode(text)));

    [Fact]
    public void Vocabulary_IsTheFoldersNotThePublishedOne()
    {
        Assert.Equal((int)Golden.Json("e2e/goldens.json")["tokenizer_len"]!, Phi.VocabularySize);
        Assert.Equal(GoldenModel.Phi.EosTokenId, Phi.EndOfTextId);
        Assert.Equal([Phi.EndOfTextId], Phi.Encode("<|endoftext|>"));
        Assert.Null(Phi.TokenOf(Phi.VocabularySize));
        Assert.Null(Phi.TokenOf(-1));
    }

    [Fact]
    public void Decode_IdsWithoutToken_BecomeReplacementCharacters() =>
        Assert.Equal("a\uFFFDb\uFFFD", Phi.Decode([.. Phi.Encode("a"), Phi.VocabularySize, .. Phi.Encode("b"), -1], skipSpecialTokens: true));

    [Fact]
    public void Decode_HalfACharacter_BecomesAReplacementCharacterUntilItIsWhole()
    {
        int[] ids = Phi.Encode("a\U0001F642");
        Assert.SkipWhen(ids.Length < 3, "The set's vocabulary has a token for the whole character.");

        for (int known = 2; known < ids.Length; known++)
            Assert.Equal("a\uFFFD", Phi.Decode(ids.AsSpan(0, known), skipSpecialTokens: true));
        Assert.Equal("a\U0001F642", Phi.Decode(ids, skipSpecialTokens: true));
    }

    [Fact]
    public void Encode_RandomText_EqualsPairMergingByTheBook()
    {
        var book = new MergingByTheBook(GoldenModel.TokenizerFolder);
        string[] parts = ["Ġ", " ", "  ", "\t", "\t\t\t", "\n", "\r\n", "'s", "'re", "'", "a", "the", " the", "###", "Image", "Human", "12", "½", "é", "é",
            "红", "𝒜𝒷", "𐄇", "🙂‍👍🏽", "\u00A0", "\u2003", "\u001C", "<|endoftext|>", ".", "?###", "><", "\u200D"];

        Gen.OneOf(Gen.Int[0, parts.Length - 1].Select(i => parts[i]), Gen.Char.AlphaNumeric.Select(letter => letter.ToString()),
            Gen.Char[' ', '~'].Select(letter => letter.ToString()))
            .Array[0, 40].Select(string.Concat).Sample(text => Assert.Equal(book.Encode(text), Phi.Encode(text)), iter: 1500);
    }

    [Fact]
    public void Decode_OfEncodedTextWithoutWhiteSpaceRuns_IsTheText() =>
        Gen.String[Gen.Char['!', '\u07FF'], 0, 50].Where(text => !text.Any(char.IsWhiteSpace))
            .Sample(text => Assert.Equal(text, Phi.Decode(Phi.Encode(text), skipSpecialTokens: false, cleanUp: false)), iter: 2000);

    [Fact]
    public void Encode_ManyThreads_GiveTheSameIds()
    {
        string[] texts = [.. Cases("cases").Select(golden => (string)golden!["text"]!)];
        PhiTokenizer fresh = PhiTokenizer.Open(GoldenModel.TokenizerFolder);

        Parallel.For(0, 400, new ParallelOptions { CancellationToken = TestContext.Current.CancellationToken },
            i => Assert.Equal(Phi.Encode(texts[i % texts.Length]), fresh.Encode(texts[i % texts.Length])));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Open_OnlyTokenizerJson_IsTheSameTokenizer(bool mergesAsPairs)
    {
        WriteTokenizerJson(mergesAsPairs);
        PhiTokenizer single = PhiTokenizer.Open(_folder.Root);

        Assert.Equal(Phi.EndOfTextId, single.EndOfTextId);
        Assert.Equal(Phi.VocabularySize, single.VocabularySize);
        foreach (JsonNode? golden in Cases("cases"))
        {
            Assert.Equal(Ids(golden!), single.Encode((string)golden!["text"]!));
            Assert.Equal((string)golden["decoded_skip_special"]!, single.Decode(Ids(golden), skipSpecialTokens: true));
        }
    }

    [Fact]
    public void Open_NoFiles_SaysWhatWasExpected() =>
        Assert.Contains("vocab.json and merges.txt, or tokenizer.json", Assert.Throws<CheckpointException>(() => PhiTokenizer.Open(_folder.Root)).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("vocab.json", "{\"a\":", "JSON")]
    [InlineData("vocab.json", "{\"a\":2000000000}", "2000000000")]
    [InlineData("vocab.json", "{\"a\":-1}", "-1")]
    [InlineData("vocab.json", "{\"a\":\"b\"}", "'a' has id")]
    [InlineData("vocab.json", "{}", "merge")]
    [InlineData("merges.txt", "#version\na b c\n", "a b c")]
    [InlineData("merges.txt", "#version\nq q\n", "q q")]
    [InlineData("added_tokens.json", "{\"\":5}", "''")]
    [InlineData("added_tokens.json", "[]", "object")]
    [InlineData("tokenizer_config.json", "{\"eos_token\":\"<end>\"}", "<end>")]
    [InlineData("tokenizer_config.json", "{\"added_tokens_decoder\":{\"437\":{\"content\":\" \",\"lstrip\":true}}}", "has lstrip")]
    [InlineData("tokenizer_config.json", "{\"added_tokens_decoder\":{\"x\":{\"content\":\" \"}}}", "null")]
    public void Open_UnsoundFile_SaysWhichAndWhy(string file, string content, string expected)
    {
        foreach (string name in new[] { "vocab.json", "merges.txt", "added_tokens.json", "tokenizer_config.json" })
            _folder.Copy($"e2e/{GoldenModel.PhiFolders[0]}/{name}", name);
        _folder.Write(file, Encoding.UTF8.GetBytes(content));

        Assert.Contains(expected, Assert.Throws<CheckpointException>(() => PhiTokenizer.Open(_folder.Root)).Message, StringComparison.Ordinal);
    }

    private static JsonArray Cases(string name) => Golden.Json("e2e/tokenization.json")[name]!.AsArray();

    private static int[] Ids(JsonNode golden) => [.. golden["ids"]!.AsArray().Select(id => (int)id!)];

    private void WriteTokenizerJson(bool mergesAsPairs)
    {
        JsonNode vocabulary = Golden.Json($"e2e/{GoldenModel.PhiFolders[0]}/vocab.json");
        var merges = File.ReadAllLines(Path.Combine(GoldenModel.TokenizerFolder, "merges.txt")).Skip(1).Where(line => line.Length > 0)
            .Select(line => mergesAsPairs ? (JsonNode)new JsonArray([.. line.Split(' ').Select(part => (JsonNode?)part)]) : line);
        var added = Golden.Json($"e2e/{GoldenModel.PhiFolders[0]}/tokenizer_config.json")["added_tokens_decoder"]!.AsObject().Select(entry =>
        {
            JsonNode token = entry.Value!.DeepClone();
            token["id"] = int.Parse(entry.Key, null);
            return token;
        });
        var file = new JsonObject
        {
            ["added_tokens"] = new JsonArray([.. added]),
            ["model"] = new JsonObject { ["type"] = "BPE", ["vocab"] = vocabulary, ["merges"] = new JsonArray([.. merges]) },
        };
        _folder.Write("tokenizer.json", Encoding.UTF8.GetBytes(file.ToJsonString()));
    }
}
