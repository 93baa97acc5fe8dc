using System.Text;
using Microsoft.ML.Tokenizers;
using TinyGptV.Model.Checkpoints.Formats;

namespace TinyGptV.Model.Tokenization;

/// <summary>
/// The tokenizer of a Phi-2 folder: GPT-2's byte-level BPE with added tokens for runs of spaces and tabs. Encoding adds no begin-of-text or
/// end-of-text token; decoding joins and cleans up like the original. Thread-safe.
/// </summary>
public sealed class PhiTokenizer
{
    private readonly BpeTokenizer _pairs;
    private readonly bool _cleansUp;
    private readonly Dictionary<char, (string Text, int Id)[]> _addedByFirst;
    private readonly Token[] _tokens;

    private PhiTokenizer(TokenizerFiles files)
    {
        // An added token that is also in the vocabulary (<|endoftext|>) is never built by merging: it is cut out of the text first.
        _pairs = BpeTokenizer.Create(new BpeOptions(files.Vocabulary)
        {
            Merges = files.Merges,
            ByteLevel = true,
            PreTokenizer = new Gpt2Words(),
            UnknownToken = files.Unknown,
        });
        _addedByFirst = files.Added.GroupBy(token => token.Key[0])
            .ToDictionary(group => group.Key, group => group.OrderByDescending(token => token.Key.Length).Select(token => (token.Key, token.Value)).ToArray());
        _cleansUp = files.CleansUp;
        EndOfTextId = files.Added[files.EndOfText];
        _tokens = MakeTokens(files);
    }

    /// <summary>The id of the begin-of-text, end-of-text and padding token.</summary>
    public int EndOfTextId { get; }

    /// <summary>The highest id plus one. The model's embedding may have more rows.</summary>
    public int VocabularySize => _tokens.Length;

    /// <summary>Reads the tokenizer's files in a Phi-2 folder: vocab.json, merges.txt and added tokens, or else tokenizer.json.</summary>
    /// <exception cref="CheckpointException">A file is missing or invalid.</exception>
    public static PhiTokenizer Open(string folder)
    {
        TokenizerFiles files = TokenizerFiles.Read(folder);
        try
        {
            return new PhiTokenizer(files);
        }
        catch (Exception failure) when (failure is ArgumentException or InvalidOperationException or KeyNotFoundException)
        {
            throw new CheckpointException($"{folder}: the tokenizer's files are inconsistent: {failure.Message}", failure);
        }
    }

    /// <summary>Tokenizes a text, without adding a begin-of-text or end-of-text token.</summary>
    public int[] Encode(string text)
    {
        var ids = new List<int>();
        int begin = 0;
        for (int at = 0; at < text.Length;)
        {
            if (AddedAt(text, at) is not { } added)
            {
                at++;
                continue;
            }

            EncodePairs(text[begin..at], ids);
            ids.Add(added.Id);
            begin = at += added.Text.Length;
        }

        EncodePairs(text[begin..], ids);
        return [.. ids];
    }

    /// <summary>A token as spelled in the vocabulary; null if the id is unknown.</summary>
    public string? TokenOf(int id) => (uint)id < (uint)_tokens.Length ? _tokens[id].Spelling : null;

    /// <summary>
    /// Decodes ids to text. Joins added tokens for white space to their neighbours with one extra space, like the original. Invalid UTF-8 and
    /// unknown ids (on which the original fails) become U+FFFD.
    /// </summary>
    /// <param name="ids">The ids.</param>
    /// <param name="skipSpecialTokens">Skip special tokens.</param>
    /// <param name="cleanUp">Remove spaces before punctuation and contractions; null for the setting in the tokenizer's files.</param>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens, bool? cleanUp = null)
    {
        var pieces = new List<string>();
        var bytes = new List<byte>();
        foreach (int id in ids)
        {
            Token token = (uint)id < (uint)_tokens.Length ? _tokens[id] : default;
            if (skipSpecialTokens && token.IsSpecial)
                continue;
            if (token.StandsAlone)
                AddPiece(pieces, bytes, token.Spelling);
            else
                bytes.AddRange(token.Bytes is { } known ? known : "\uFFFD"u8);
        }

        AddPiece(pieces, bytes, null);
        string text = string.Join(' ', pieces);
        return cleanUp ?? _cleansUp ? CleanUp(text) : text;
    }

    /// <summary>
    /// What the original's generate returns for a row of ids: decoded without special tokens, cut at the first <c>&lt;/s&gt;</c>, without
    /// <c>&lt;s&gt;</c>, only the part after the last <c>[/INST]</c>, stripped. Not cut at <c>###</c>: that is up to the evaluation code.
    /// </summary>
    public string GenerateText(ReadOnlySpan<int> ids)
    {
        string text = Decode(ids, skipSpecialTokens: true);
        int end = text.IndexOf("</s>", StringComparison.Ordinal);
        text = (end < 0 ? text : text[..end]).Replace("<s>", "", StringComparison.Ordinal);
        int instruction = text.LastIndexOf("[/INST]", StringComparison.Ordinal);
        return Strip(instruction < 0 ? text : text[(instruction + "[/INST]".Length)..]);
    }

    private static Token[] MakeTokens(TokenizerFiles files)
    {
        var tokens = new Token[files.Vocabulary.Concat(files.Added).Max(token => token.Value) + 1];
        foreach ((string text, int id) in files.Vocabulary.Concat(files.Added))
        {
            bool special = files.Special.Contains(text);
            tokens[id] = new Token(text, ByteAlphabet.Decode(text), special, StandsAlone: !special && files.Added.ContainsKey(text));
        }

        return tokens;
    }

    private (string Text, int Id)? AddedAt(string text, int at)
    {
        if (!_addedByFirst.TryGetValue(text[at], out (string Text, int Id)[]? candidates))
            return null;
        foreach ((string Text, int Id) candidate in candidates) // longest first
            if (text.AsSpan(at).StartsWith(candidate.Text, StringComparison.Ordinal))
                return candidate;
        return null;
    }

    private void EncodePairs(string text, List<int> ids)
    {
        if (text.Length > 0)
            ids.AddRange(_pairs.EncodeToIds(text));
    }

    private static void AddPiece(List<string> pieces, List<byte> bytes, string? alone)
    {
        if (bytes.Count > 0)
            pieces.Add(Encoding.UTF8.GetString([.. bytes]));
        bytes.Clear();
        if (alone is not null)
            pieces.Add(alone);
    }

    private static string CleanUp(string text)
    {
        // The order matters: each replacement works on the result of the previous one.
        ReadOnlySpan<(string From, string To)> rules =
            [(" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re")];
        foreach ((string from, string to) in rules)
            text = text.Replace(from, to, StringComparison.Ordinal);
        return text;
    }

    /// <summary>Python's strip, which also removes four separators that .NET's Trim does not treat as white space.</summary>
    private static string Strip(string text)
    {
        int begin = 0, end = text.Length;
        while (begin < end && IsPythonSpace(text[begin]))
            begin++;
        while (end > begin && IsPythonSpace(text[end - 1]))
            end--;
        return text[begin..end];
    }

    private static bool IsPythonSpace(char letter) => char.IsWhiteSpace(letter) || letter is >= '\u001C' and <= '\u001F';

    private readonly record struct Token(string? Spelling, byte[]? Bytes, bool IsSpecial, bool StandsAlone);
}
