using System.Text.Json.Nodes;
using TinyGptV.Model.Checkpoints.Formats;

namespace TinyGptV.Model.Checkpoints.Layout;

/// <summary>What a stage file says about its model, before that model is built.</summary>
/// <param name="LoraRank">The rank of its LoRA pairs; 0 if it has none (the published stage 1).</param>
/// <param name="LoraAlpha">LoRA's alpha, from the stored configuration; null if not set there.</param>
/// <param name="ImageSize">Width and height of the image in pixels, from the stored configuration; null if not set there.</param>
/// <param name="Architecture">The original's name of the model class (<c>minigpt4</c>, <c>minigpt_v2</c>); null if not set.</param>
/// <param name="HasQFormer">Whether it contains its own Q-Former and query tokens (only the first published stage 4 does).</param>
public sealed record StageFacts(int LoraRank, double? LoraAlpha, int? ImageSize, string? Architecture, bool HasQFormer)
{
    /// <summary>Reads the facts of an open stage file.</summary>
    /// <exception cref="CheckpointException">Its LoRA pairs have different ranks.</exception>
    public static StageFacts Of(ICheckpointFile stage)
    {
        string[] names = [.. stage.Tensors.Keys.Select(name => CheckpointKeys.Canonical(CheckpointRole.Stage, name))];
        JsonNode? config = (stage.Metadata as JsonObject)?["config"], model = (config as JsonObject)?["model"];
        bool hasQFormer = names.Contains("query_tokens") && names.Any(name => name.StartsWith("Qformer.bert.encoder.", StringComparison.Ordinal));
        return new StageFacts(
            RankOf(stage), model.Value<double>("lora_alpha") ?? model.Value<long>("lora_alpha"), (int?)model.Value<long>("image_size"),
            model.Text("arch"), hasQFormer);
    }

    private static int RankOf(ICheckpointFile stage)
    {
        long[] ranks = [.. stage.Tensors.Values
            .Where(header => CheckpointKeys.Canonical(CheckpointRole.Stage, header.Name).EndsWith(CheckpointKeys.LoraA, StringComparison.Ordinal))
            .Select(header => header.Shape is [var rank and > 0 and <= int.MaxValue, _] ? rank
                : throw new CheckpointException($"{stage.Path}: {header.Name} has shape {header.ShapeText}, expected [rank, width]."))
            .Distinct().Order()];
        return ranks.Length <= 1
            ? (int)ranks.FirstOrDefault()
            : throw new CheckpointException($"{stage.Path}: its LoRA pairs have different ranks: {string.Join(", ", ranks)}; expected one.");
    }
}
