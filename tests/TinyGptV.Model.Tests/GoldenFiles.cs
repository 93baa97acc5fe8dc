using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.RegularExpressions;
using TinyGptV.Model.Checkpoints.Formats;
using TinyGptV.Model.Checkpoints.Layout;
using TorchSharp;

namespace TinyGptV.Model.Tests;

/// <summary>
/// The set's files by their content. The layout fixes the names of folders and JSON files; the set chooses the names of tensor files and images and
/// lists them in its manifests.
/// </summary>
internal static partial class GoldenFiles
{
    private static readonly string[] TensorExtensions = [".safetensors", ".pth", ".bin"];

    private static readonly ConcurrentDictionary<string, ImmutableArray<TensorFile>> Parts = new();

    public static string EvaWeights => Holding("eva_vit", "patch_embed.proj.weight");

    /// <summary>The norm after the vision tower, alone.</summary>
    public static string EvaNorm => First("eva_vit", file => file.Tensors.Length == 2 && file.HoldsEnd("weight") && file.HoldsEnd("bias"));

    public static string PositionTables => First("eva_vit", file => file.Tensors.Any(t => ResampledTable().IsMatch(t.Name)));

    public static string QFormerWeights => Holding("qformer", "query_tokens");

    public static string PhiWeights => Holding("phi", "lm_head.weight");

    public static string PhiForward => Holding("phi", "left.logits");

    public static string PhiLora => Holding("phi", "unmerged.logits");

    public static string PhiTrain => Holding("phi", "pre_ids");

    public static string PhiWarpers => Holding("phi", "previous_ids");

    public static string PhiGenerate => First("phi", file => file.Tensors.Any(t => t.Name.StartsWith(FirstGeneration + ".", StringComparison.Ordinal)));

    /// <summary>The adapters alone, once per naming scheme.</summary>
    public static IEnumerable<string> PhiAdapters => All("phi", file => file.Tensors.All(t => t.Name.Contains(".lora_")));

    public static string Eva => Holding("e2e", "patch_embed.proj.weight");

    public static string Blip2 => First("e2e", file => file.Holds("ln_vision.weight") && !file.Holds("llama_proj.weight"));

    /// <summary>The newest stage file.</summary>
    public static string Stage => All("e2e", file => file.Holds("llama_proj.weight")).MaxBy(CheckpointPaths.StageOf)
        ?? throw new InvalidOperationException($"{Golden.PathOf("e2e")} has no stage file.");

    /// <summary>The original's list of what the stage file must contain.</summary>
    public static string StageKeys => $"e2e/{Listed("e2e").Single(name => name.EndsWith("_keys.json", StringComparison.Ordinal))}";

    public static string Vision => Holding("e2e", "pixel_values");

    public static string Language => First("e2e", file => file.HoldsEnd(".logits"));

    public static string Training => First("e2e", file => file.Tensors.Any(t => t.Name.StartsWith("grad.", StringComparison.Ordinal)));

    /// <summary>The images that the whole model was asked about, in order.</summary>
    public static IEnumerable<string> Pictures => Listed("e2e").Where(name => name.StartsWith("images/", StringComparison.Ordinal))
        .OrderBy(name => name.Length).ThenBy(name => name, StringComparer.Ordinal).Select(name => $"e2e/{name}");

    public static string ResizedImages => First("preprocess", file => file.Tensors.Any(t => ResizedImage().IsMatch(t.Name)));

    /// <summary>The vision tower's run at one image size.</summary>
    public static string EvaRun(int size) => First("eva_vit", file => file.Holds("final") && file.Tensors.Any(t => t.Name == "input" && t.Shape[^1] == size));

    /// <summary>The Q-Former's runs: either those with all image tokens or those with some masked out.</summary>
    public static IEnumerable<string> QFormerRuns(bool masked) =>
        All("qformer", file => file.Holds("encoder_hidden_states") && file.Holds("last_hidden_state")).Where(run => IsMasked(run) == masked);

    /// <summary>PyTorch files and the safetensors files with the same tensors.</summary>
    public static IEnumerable<(string Torch, string Safetensors)> Twins() =>
        from part in new[] { "eva_vit", "qformer", "phi" }
        from zip in TensorFiles(part).Where(file => file.Kind == CheckpointFileKind.TorchZip)
        from twin in TensorFiles(part).Where(file => file.Kind == CheckpointFileKind.Safetensors && file.HoldsTheSameAs(zip))
        select (zip.Path, twin.Path);

    /// <summary>The file names in a part's manifest, including folders.</summary>
    public static IEnumerable<string> Listed(string part) => Golden.Json($"{part}/manifest.json")["files"]!.AsObject().Select(file => file.Key);

    private static bool IsMasked(string run)
    {
        using ICheckpointFile file = Golden.Open(run);
        if (!file.Tensors.ContainsKey("encoder_attention_mask"))
            return false;
        using torch.Tensor mask = file.Read("encoder_attention_mask");
        return mask.data<long>().Contains(0);
    }

    private static string FirstGeneration => (string)Golden.Json("phi/generate.json")["cases"]![0]!["name"]!;

    private static string Holding(string part, string tensor) => First(part, file => file.Holds(tensor));

    private static string First(string part, Func<TensorFile, bool> isIt) => All(part, isIt).FirstOrDefault()
        ?? throw new InvalidOperationException(
            $"No file in {Golden.PathOf(part)} has the tensors this test needs; its manifest lists {string.Join(", ", Listed(part))}.");

    private static IEnumerable<string> All(string part, Func<TensorFile, bool> isIt) => TensorFiles(part).Where(isIt).Select(file => file.Path);

    // Safetensors files first: most tests read them, and their twins are compared with them.
    private static ImmutableArray<TensorFile> TensorFiles(string part) => Parts.GetOrAdd(part, _ =>
        [.. Listed(part).Where(name => !name.Contains('/') && TensorExtensions.Contains(Path.GetExtension(name)))
            .Select(name => TensorFile.Read($"{part}/{name}")).OrderBy(file => file.Kind).ThenBy(file => file.Path, StringComparer.Ordinal)]);

    [GeneratedRegex(@"^\d+to\d+\.in$")]
    private static partial Regex ResampledTable();

    [GeneratedRegex(@"\.u8_\d+$")]
    private static partial Regex ResizedImage();

    private sealed record TensorFile(string Path, CheckpointFileKind Kind, ImmutableArray<TensorHeader> Tensors)
    {
        public static TensorFile Read(string path)
        {
            using ICheckpointFile file = CheckpointFile.Open(Golden.PathOf(path));
            return new TensorFile(path, file.Kind, [.. file.Tensors.Values.OrderBy(tensor => tensor.Name, StringComparer.Ordinal)]);
        }

        public bool Holds(string name) => Tensors.Any(tensor => tensor.Name == name);

        public bool HoldsEnd(string end) => Tensors.Any(tensor => tensor.Name.EndsWith(end, StringComparison.Ordinal));

        public bool HoldsTheSameAs(TensorFile other) => Tensors.Select(tensor => tensor.Name).SequenceEqual(other.Tensors.Select(tensor => tensor.Name));
    }
}
