using System.Text;
using System.Text.Json.Nodes;
using TinyGptV.Model.Checkpoints.Formats;

namespace TinyGptV.Model.Tokenization;

/// <summary>The contents of a Phi-2 folder's tokenizer files: vocab.json and merges.txt, or else tokenizer.json.</summary>
internal sealed class TokenizerFiles
{
    /// <summary>The original's default for the begin-of-text, end-of-text and unknown token.</summary>
    private const string DefaultSpecial = "<|endoftext|>";

    /// <summary>Far above any vocabulary; keeps one absurd id from allocating a huge table.</summary>
    private const int MostIds = 1_000_000;

    private static readonly string[] SpecialFields = ["bos_token", "eos_token", "unk_token", "pad_token", "sep_token", "cls_token", "mask_token"];

    private readonly string _folder;
    private readonly JsonObject? _config, _specials;

    private TokenizerFiles(string folder)
    {
        _folder = folder;
        _config = Optional("tokenizer_config.json");
        _specials = Optional("special_tokens_map.json");
        if (File.Exists(At("vocab.json")) && File.Exists(At("merges.txt")))
            ReadPair();
        else if (File.Exists(At("tokenizer.json")))
            ReadSingle();
        else
            throw new CheckpointException($"{folder}: no tokenizer. Expected vocab.json and merges.txt, or tokenizer.json; copy them from the Phi-2 model.");

        ReadAddedTokens();
        Special = [.. SpecialFields.Select(SpecialToken).OfType<string>(), .. AdditionalSpecials(), EndOfText, Unknown];
    }

    /// <summary>Byte-level tokens and their ids, without added tokens.</summary>
    public Dictionary<string, int> Vocabulary { get; } = new(StringComparer.Ordinal);

    /// <summary>Merges by priority, as "left right".</summary>
    public List<string> Merges { get; } = [];

    /// <summary>Added tokens: matched in the text before pre-tokenization.</summary>
    public Dictionary<string, int> Added { get; } = new(StringComparer.Ordinal);

    /// <summary>Special tokens.</summary>
    public HashSet<string> Special { get; }

    public string EndOfText => SpecialToken("eos_token") ?? DefaultSpecial;

    public string Unknown => SpecialToken("unk_token") ?? DefaultSpecial;

    public bool CleansUp => _config.Value<bool>("clean_up_tokenization_spaces") ?? true;

    public static TokenizerFiles Read(string folder) => new(folder);

    private string At(string name) => Path.Combine(_folder, name);

    private JsonObject? Optional(string name) => File.Exists(At(name)) ? JsonFile.ReadObject(At(name)) : null;

    private void ReadPair()
    {
        foreach ((string token, JsonNode? id) in JsonFile.ReadObject(At("vocab.json")))
            Vocabulary[token] = Id(At("vocab.json"), token, id);
        using MappedFile file = MappedFile.Open(At("merges.txt"));
        if (file.Length > int.MaxValue / 4)
            throw new CheckpointException($"{file.Path}: has {file.Length} bytes, too many for a list of merges.");
        // Skip the first line: it is always the format's version.
        foreach (string line in Encoding.UTF8.GetString(file.Bytes(0, (int)file.Length)).Split('\n').Skip(1))
            AddMerge(file.Path, line.TrimEnd('\r'));
    }

    private void ReadSingle()
    {
        string path = At("tokenizer.json");
        JsonObject file = JsonFile.ReadObject(path);
        if (file["model"] is not JsonObject model || model.Text("type") is not (null or "BPE") || model["vocab"] is not JsonObject vocabulary ||
            model["merges"] is not JsonArray merges)
            throw new CheckpointException($"{path}: expected a BPE model with vocab and merges.");
        foreach ((string token, JsonNode? id) in vocabulary)
            Vocabulary[token] = Id(path, token, id);
        foreach (JsonNode? merge in merges)
            AddMerge(path, merge is JsonArray pair ? string.Join(' ', pair.Select(part => part?.ToString())) : merge?.ToString() ?? "");
        foreach (JsonNode? token in file["added_tokens"] as JsonArray ?? [])
            Add(path, token, (token as JsonObject)?["id"]);
    }

    private void AddMerge(string path, string line)
    {
        if (line.Length == 0)
            return;
        string[] pair = line.Split(' ');
        if (pair.Length != 2 || !Vocabulary.ContainsKey(pair[0]) || !Vocabulary.ContainsKey(pair[1]) || !Vocabulary.ContainsKey(pair[0] + pair[1]))
            throw new CheckpointException($"{path}: merge '{line}' does not join two tokens of the vocabulary into a third.");
        Merges.Add(line);
    }

    private void ReadAddedTokens()
    {
        foreach ((string token, JsonNode? id) in Optional("added_tokens.json") ?? [])
            Added[token] = Id(At("added_tokens.json"), token, id);
        foreach ((string id, JsonNode? token) in _config?["added_tokens_decoder"] as JsonObject ?? [])
            Add(At("tokenizer_config.json"), token, int.TryParse(id, out int number) ? number : null);
        foreach (string token in new[] { EndOfText, Unknown }.Distinct(StringComparer.Ordinal).Where(token => !Added.ContainsKey(token)))
            Added[token] = Vocabulary.TryGetValue(token, out int id)
                ? id
                : throw new CheckpointException($"{_folder}: {token} has no id in the tokenizer's files.");
    }

    private void Add(string path, JsonNode? token, JsonNode? id)
    {
        string content = token.Text("content") ?? throw new CheckpointException($"{path}: an added token has no content.");
        if (token.Value<bool>("lstrip") == true || token.Value<bool>("rstrip") == true || token.Value<bool>("single_word") == true)
            throw new CheckpointException($"{path}: added token '{content}' has lstrip, rstrip or single_word set, which is not supported. " +
                "Phi-2's tokens have none of them set.");
        Added[content] = Id(path, content, id);
    }

    private static int Id(string path, string token, JsonNode? id) =>
        token.Length > 0 && id is JsonValue value && value.TryGetValue(out int number) && number is >= 0 and < MostIds
            ? number
            : throw new CheckpointException($"{path}: token '{token}' has id {id?.ToJsonString() ?? "null"}; expected 0 to {MostIds - 1}.");

    private string? SpecialToken(string field) => Content(_config?[field]) ?? Content(_specials?[field]);

    private IEnumerable<string> AdditionalSpecials() =>
        new[] { _config, _specials }.SelectMany(source => (source?["additional_special_tokens"] as JsonArray ?? []).Select(Content).OfType<string>());

    private static string? Content(JsonNode? token) => token is JsonValue value && value.TryGetValue(out string? text) ? text : token.Text("content");
}
