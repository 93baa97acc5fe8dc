using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TorchSharp;

namespace TinyGptV.Model.Tests.SecondSet;

/// <summary>
/// Makes another golden set from the one in use, without the original. The changes do not affect any output that the original computed:
/// <list type="bullet">
/// <item>Tensor files and images have other names.</item>
/// <item>Logits are stored for the last row only.</item>
/// <item>The Q-Former's run with masked image tokens is left out, so that the test for it has to be skipped.</item>
/// <item>The complete model differs in other ways, see <see cref="SecondModel"/>.</item>
/// </list>
/// </summary>
internal static partial class SecondGoldenSet
{
    public static void Write(string root)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        WriteRenamed(root, "eva_vit", _ => null);
        WriteRenamed(root, "qformer", _ => null);
        WriteRenamed(root, "phi", WithLastLogits);
        WritePictures(root);
        SecondModel.Write(new SetWriter(root, "e2e"));
    }

    /// <summary>Writes a part with numbered tensor files; <paramref name="change"/> gives the tensors of a changed file, null for a plain copy.</summary>
    private static void WriteRenamed(string root, string part, Func<string, Dictionary<string, torch.Tensor>?> change)
    {
        var writer = new SetWriter(root, part);
        writer.CopyJson();
        IEnumerable<string> files = GoldenFiles.Listed(part).Where(name => Path.GetExtension(name) is not (".json" or ".md")).Select(name => $"{part}/{name}");
        foreach ((string path, int number) in files.Except(GoldenFiles.QFormerRuns(masked: true)).Select((path, number) => (path, number)))
        {
            string name = $"{number:00}{Path.GetExtension(path)}";
            if (change(path) is { } tensors)
                writer.Write(name, tensors);
            else
                writer.Copy(path, name);
        }

        writer.WriteManifest();
    }

    /// <summary>The language model's runs, with only the logits of each sequence's last row that is not padding: [sequences, tokens].</summary>
    private static Dictionary<string, torch.Tensor>? WithLastLogits(string path)
    {
        if (path != GoldenFiles.PhiForward && path != GoldenFiles.PhiLora)
            return null;
        IReadOnlyDictionary<string, torch.Tensor> all = Golden.Tensors(path);
        return all.ToDictionary(
            tensor => tensor.Key,
            tensor => tensor.Key.EndsWith(".logits", StringComparison.Ordinal) ? LastOf(tensor.Value, MaskOf(tensor.Key, all)) : tensor.Value);
    }

    private static torch.Tensor? MaskOf(string logits, IReadOnlyDictionary<string, torch.Tensor> all) =>
        all.GetValueOrDefault(logits.Replace(".logits", ".attention_mask", StringComparison.Ordinal)) ?? all.GetValueOrDefault("attention_mask");

    private static torch.Tensor LastOf(torch.Tensor logits, torch.Tensor? mask) => torch.stack([.. Enumerable.Range(0, (int)logits.shape[0])
        .Select(row => logits[row][mask is null ? logits.shape[1] - 1 : Array.LastIndexOf([.. mask[row].data<long>()], 1L)])]);

    private static void WritePictures(string root)
    {
        var writer = new SetWriter(root, "preprocess");
        JsonNode index = Golden.Json("preprocess/index.json");
        Dictionary<string, string> names = index["images"]!.AsObject()
            .Select((image, number) => (image.Key, Value: $"{number:00}{Path.GetExtension(image.Key)}")).ToDictionary(name => name.Key, name => name.Value);
        foreach ((string old, string name) in names)
            writer.Copy($"preprocess/images/{old}", $"images/{name}");
        index["images"] = new JsonObject(index["images"]!.AsObject().Select(image => KeyValuePair.Create(names[image.Key], image.Value?.DeepClone())));
        writer.Write("index.json", index);
        writer.Write("resized.safetensors", Golden.Tensors(GoldenFiles.ResizedImages)
            .ToDictionary(tensor => Picture().Replace(tensor.Key, match => names[match.Value]), tensor => tensor.Value));
        writer.WriteManifest();
    }

    [GeneratedRegex(@"^.+(?=\.(u8|float)_\d+$)")]
    private static partial Regex Picture();
}
