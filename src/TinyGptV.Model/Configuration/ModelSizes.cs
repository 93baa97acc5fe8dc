namespace TinyGptV.Model.Configuration;

/// <summary>
/// Rejects impossible sizes before anything is built: a damaged configuration must not cause a division by zero or a network with a million
/// layers.
/// </summary>
internal static class ModelSizes
{
    private const int MostLayers = 512, MostWidth = 1 << 24, MostPixels = 1 << 13;

    /// <exception cref="InvalidDataException">Sizes are invalid; the message lists all of them.</exception>
    public static TinyGptVConfig Checked(this TinyGptVConfig config, string path)
    {
        (EvaConfig eva, QFormerConfig qformer) = (config.Eva, config.Qformer);
        Refuse(path,
        [
            Outside("image_size", config.ImageSize, MostPixels), Outside("patch_size", config.PatchSize, MostPixels),
            Outside("llama_proj_mid", config.LlamaProjMid, MostWidth),
            Outside("eva.embed_dim", eva.EmbedDim, MostWidth), Outside("eva.depth", eva.Depth, MostLayers), Outside("eva.mlp_ratio", eva.MlpRatio, 1000),
            Undivided("eva.embed_dim", eva.EmbedDim, "eva.num_heads", eva.NumHeads),
            Outside("qformer.hidden_size", qformer.HiddenSize, MostWidth), Outside("qformer.num_hidden_layers", qformer.NumHiddenLayers, MostLayers),
            Undivided("qformer.hidden_size", qformer.HiddenSize, "qformer.num_attention_heads", qformer.NumAttentionHeads),
            Outside("qformer.intermediate_size", qformer.IntermediateSize, MostWidth), Outside("qformer.encoder_width", qformer.EncoderWidth, MostWidth),
            Outside("qformer.cross_attention_freq", qformer.CrossAttentionFreq, MostLayers), Outside("qformer.query_length", qformer.QueryLength, MostWidth),
            Outside("qformer.layer_norm_eps", qformer.LayerNormEps, 1), double.IsFinite(config.Lora.Alpha) ? null : $"lora.alpha is {config.Lora.Alpha}",
        ]);
        return config;
    }

    /// <exception cref="InvalidDataException">Sizes are invalid; the message lists all of them.</exception>
    public static PhiConfig Checked(this PhiConfig config, string path)
    {
        Refuse(path,
        [
            Outside("vocab_size", config.VocabSize, MostWidth), Outside("hidden_size", config.HiddenSize, MostWidth),
            Outside("intermediate_size", config.IntermediateSize, MostWidth), Outside("num_hidden_layers", config.NumHiddenLayers, MostLayers),
            Undivided("hidden_size", config.HiddenSize, "num_attention_heads", config.NumAttentionHeads),
            Outside("partial_rotary_factor", config.PartialRotaryFactor, 1), Unpaired(config), Outside("rope_theta", config.RopeTheta, double.MaxValue),
            Outside("layer_norm_eps", config.LayerNormEps, 1), Outside("max_position_embeddings", config.MaxPositionEmbeddings, MostWidth),
        ]);
        return config;
    }

    private static string? Outside(string name, int value, int most) => value >= 1 && value <= most ? null : $"{name} is {value}, expected 1 to {most}";

    private static string? Outside(string name, double value, double most) =>
        value > 0 && value <= most ? null : FormattableString.Invariant($"{name} is {value}, expected more than 0 and at most {most}");

    private static string? Undivided(string widthName, int width, string headsName, int heads) =>
        heads >= 1 && width % heads == 0 ? null : $"{headsName} is {heads}, expected a divisor of {widthName} {width}";

    private static string? Unpaired(PhiConfig config) => config.NumAttentionHeads < 1 || config.RotarySize % 2 == 0
        ? null
        : $"partial_rotary_factor rotates {config.RotarySize} of {config.HeadSize} dimensions, expected an even number";

    private static void Refuse(string path, string?[] problems)
    {
        string[] found = [.. problems.OfType<string>()];
        if (found.Length > 0)
            throw new InvalidDataException($"'{path}' is not a valid model configuration: {string.Join("; ", found)}.");
    }
}
