using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TinyGptV.Model.Checkpoints.Formats;
using TinyGptV.Model.Checkpoints.Layout;
using TinyGptV.Model.Tests.Checkpoints;
using TinyGptV.Model.Tokenization;
using TorchSharp;

namespace TinyGptV.Model.Tests.SecondSet;

/// <summary>
/// The second set's complete model. Why its outputs are still those of the original:
/// <list type="bullet">
/// <item>
/// Both Phi-2 folders contain biases of the query and key norms. The key biases are non-zero only in the channels without rotary embedding: there they add
/// the same value to a query's scores for all keys, which softmax cancels out. The query biases are zero, because other values would change the answers.
/// </item>
/// <item>The stage file contains the Q-Former; BLIP-2's file has other values, which must not win.</item>
/// <item>Unused rows of the vocabulary become tokens that spell " true", which is in none of the set's texts.</item>
/// <item>Files have other names, formats and shards, as far as users can choose them; logits are stored for the last row only.</item>
/// </list>
/// </summary>
internal static class SecondModel
{
    private const string Word = " true", Stage = "TinyGPT-V_for_Stage3.pth";

    private const int Shards = 3;

    public static void Write(SetWriter writer)
    {
        WriteGoldens(writer);
        for (int i = 0; i < GoldenModel.PhiFolders.Length; i++)
            WriteLanguageModel(writer, GoldenModel.PhiFolders[i], i);
        writer.Write("eva_vit_g.safetensors", Golden.Tensors(GoldenFiles.Eva));
        WriteQFormer(writer);
        writer.WriteManifest();
    }

    private static void WriteGoldens(SetWriter writer)
    {
        foreach (string name in new[] { "config.json", "tokenization.json", "train.json" })
            writer.Copy($"e2e/{name}", name);
        JsonNode goldens = Golden.Json("e2e/goldens.json");
        goldens["tokenizer_len"] = (int)goldens["tokenizer_len"]! + Pieces().Length - 1;
        writer.Write("goldens.json", goldens);
        foreach ((string path, int number) in GoldenFiles.Pictures.Select((path, number) => (path, number)))
            writer.Copy(path, $"images/{number:00}{Path.GetExtension(path)}");
        writer.Copy(GoldenFiles.Vision, "0.safetensors");
        writer.Copy(GoldenFiles.Training, "1.safetensors");
        writer.Write("2.safetensors", Golden.Tensors(GoldenFiles.Language)
            .ToDictionary(tensor => tensor.Key, tensor => tensor.Key.EndsWith(".logits", StringComparison.Ordinal) ? tensor.Value[^1..] : tensor.Value));
    }

    /// <summary>The configured folder keeps its name and becomes PyTorch shards; any other becomes one safetensors file.</summary>
    private static void WriteLanguageModel(SetWriter writer, string golden, int number)
    {
        string name = number == 0 ? golden : $"phi-{number}", from = GoldenModel.PathsWith(golden).PhiFolder;
        foreach (string file in DecidingFiles.Tokenizer(from).Select(path => Path.GetFileName(path)).Where(file => file is not ("vocab.json" or "merges.txt")))
            writer.Copy($"e2e/{golden}/{file}", $"{name}/{file}");
        WriteVocabulary(writer, from, name);
        using Phi2Folder phi = Phi2Folder.Open(from);
        Dictionary<string, torch.Tensor> tensors = phi.Tensors.Keys.ToDictionary(key => key, phi.Read);
        AddNormBiases(tensors);
        if (number == 0)
            WriteShards(writer, name, tensors);
        else
            writer.Write($"{name}/model.safetensors", tensors);
    }

    private static void WriteShards(SetWriter writer, string folder, Dictionary<string, torch.Tensor> tensors)
    {
        var map = new JsonObject();
        KeyValuePair<string, torch.Tensor>[][] shards = [.. tensors.Chunk((tensors.Count + Shards - 1) / Shards)];
        for (int i = 0; i < shards.Length; i++)
        {
            string name = $"pytorch_model-{i + 1:00000}-of-{shards.Length:00000}.bin";
            writer.Write($"{folder}/{name}", TorchZipBytes.Of(shards[i].ToDictionary()));
            foreach ((string tensor, _) in shards[i])
                map[tensor] = name;
        }

        writer.Write($"{folder}/pytorch_model.bin.index.json", new JsonObject { ["metadata"] = new JsonObject(), ["weight_map"] = map });
    }

    private static void AddNormBiases(Dictionary<string, torch.Tensor> tensors)
    {
        torch.ScalarType type = tensors["lm_head.weight"].dtype;
        for (int layer = 0; layer < GoldenModel.Phi.NumHiddenLayers; layer++)
        {
            Add(tensors, $"model.layers.{layer}.self_attn.q_layernorm.bias", torch.zeros(GoldenModel.Phi.HeadSize, type));
            Add(tensors, $"model.layers.{layer}.self_attn.k_layernorm.bias", KeyBias(layer).to_type(type));
        }
    }

    private static void Add(Dictionary<string, torch.Tensor> tensors, string name, torch.Tensor bias) =>
        tensors[name] = tensors.TryGetValue(name, out torch.Tensor? stored) ? stored + bias : bias;

    // Multiples of 1/8, exact in float16: -1/4 to 1/4, different in each layer, after the rotated channels.
    private static torch.Tensor KeyBias(int layer)
    {
        int rotated = GoldenModel.Phi.RotarySize;
        return torch.tensor([.. Enumerable.Range(0, GoldenModel.Phi.HeadSize).Select(i => i < rotated ? 0f : ((i + layer) % 5 - 2) / 8f)]);
    }

    private static void WriteVocabulary(SetWriter writer, string from, string folder)
    {
        string[] pieces = Pieces();
        JsonNode vocabulary = JsonNode.Parse(File.ReadAllText(Path.Combine(from, "vocab.json")))!;
        var merges = new StringBuilder(File.ReadAllText(Path.Combine(from, "merges.txt")).TrimEnd('\n')).Append('\n');
        int id = PhiTokenizer.Open(from).VocabularySize;
        string front = pieces[0];
        foreach (string piece in pieces[1..])
        {
            merges.Append($"{front} {piece}\n");
            front += piece;
            vocabulary[front] = id++;
        }

        if (id > GoldenModel.Phi.VocabSize)
            throw new InvalidOperationException($"The model has no rows left for {pieces.Length - 1} tokens.");
        writer.Write($"{folder}/vocab.json", vocabulary);
        writer.Write($"{folder}/merges.txt", Encoding.UTF8.GetBytes(merges.ToString()));
    }

    /// <summary>The tokens of the word in the first set. New merges, after all others, join them from the left into one.</summary>
    private static string[] Pieces()
    {
        PhiTokenizer tokenizer = PhiTokenizer.Open(GoldenModel.TokenizerFolder);
        return [.. tokenizer.Encode(Word).Select(id => tokenizer.TokenOf(id)!)];
    }

    private static void WriteQFormer(SetWriter writer)
    {
        Dictionary<string, torch.Tensor> blip2 = new(Golden.Tensors(GoldenFiles.Blip2)), stage = new(Golden.Tensors(GoldenFiles.Stage));
        IEnumerable<string> qformer = blip2.Keys.Where(name => name == "query_tokens" || name.StartsWith("Qformer.", StringComparison.Ordinal));
        foreach (string name in qformer.Except(stage.Keys).ToArray())
        {
            stage[name] = blip2[name];
            blip2[name] = blip2[name] + 1;
        }

        writer.Write("blip2_pretrained_flant5xxl.safetensors", blip2);
        using ICheckpointFile golden = Golden.Open(GoldenFiles.Stage);
        writer.Write(Stage, TorchZipBytes.Of(stage, golden.Metadata!.AsObject()));
        JsonNode keys = Golden.Json(GoldenFiles.StageKeys);
        keys["model"] = new JsonObject(stage.Select(tensor => KeyValuePair.Create(tensor.Key, JsonSerializer.SerializeToNode(tensor.Value.shape))));
        writer.Write("stage3_keys.json", keys);
    }
}
