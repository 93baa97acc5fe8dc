using TinyGptV.Model.Checkpoints.Layout;

namespace TinyGptV.Model.Tests.Checkpoints;

public sealed class CheckpointKeysTests
{
    [Theory]
    [InlineData(CheckpointRole.Phi, "model.layers.0.mlp.fc1.weight", "llama_model.model.layers.0.mlp.fc1.weight")]
    [InlineData(CheckpointRole.Eva, "blocks.3.attn.q_bias", "visual_encoder.blocks.3.attn.q_bias")]
    [InlineData(CheckpointRole.Blip2, "ln_vision.bias", "ln_vision.bias")]
    [InlineData(CheckpointRole.Stage, "llama_model.model.layers.1.post_layernorm.weight", "llama_model.model.layers.1.post_layernorm.weight")]
    [InlineData(CheckpointRole.Stage, "llama_model.base_model.model.model.layers.1.post_layernorm.weight", "llama_model.model.layers.1.post_layernorm.weight")]
    [InlineData(CheckpointRole.Stage, "llama_model.base_model.model.lm_head.bias", "llama_model.lm_head.bias")]
    [InlineData(CheckpointRole.Stage, "llama_model.base_model.model.model.layers.0.self_attn.dense.lora_A.weight",
        "llama_model.model.layers.0.self_attn.dense.lora_A.weight")]
    [InlineData(CheckpointRole.Stage, "llama_model.base_model.model.model.layers.0.self_attn.dense.lora_B.default.weight",
        "llama_model.model.layers.0.self_attn.dense.lora_B.weight")]
    [InlineData(CheckpointRole.Stage, "llama_model.base_model.model.model.layers.0.self_attn.dense.base_layer.weight",
        "llama_model.model.layers.0.self_attn.dense.weight")]
    [InlineData(CheckpointRole.Stage, "llama_proj2.bias", "llama_proj2.bias")]
    public void Canonical_NamesOfEveryFile_LoseWrapperAndGainPrefix(CheckpointRole role, string name, string expected) =>
        Assert.Equal(expected, CheckpointKeys.Canonical(role, name));

    [Theory]
    [InlineData("Qformer.bert.embeddings.position_ids", true)]
    [InlineData("t5_proj.weight", true)]
    [InlineData("Qformer.cls.predictions.bias", true)]
    [InlineData("Qformer.bert.embeddings.word_embeddings.weight", true)]
    [InlineData("Qformer.bert.encoder.layer.3.intermediate.dense.weight", true)]
    [InlineData("Qformer.bert.encoder.layer.3.output.LayerNorm.bias", true)]
    [InlineData("Qformer.bert.encoder.layer.3.intermediate_query.dense.weight", false)]
    [InlineData("Qformer.bert.encoder.layer.3.output_query.dense.weight", false)]
    [InlineData("Qformer.bert.encoder.layer.3.attention.output.dense.weight", false)]
    [InlineData("Qformer.bert.embeddings.LayerNorm.weight", false)]
    [InlineData("visual_encoder.blocks.39.norm1.weight", true)]
    [InlineData("visual_encoder.blocks.38.norm1.weight", false)]
    [InlineData("visual_encoder.norm.weight", true)]
    [InlineData("visual_encoder.head.bias", true)]
    [InlineData("visual_encoder.pos_embed", false)]
    [InlineData("llama_proj3.weight", false)]
    public void ReasonToIgnore_OnlyPartsThatAreNotBuilt(string name, bool ignored) =>
        Assert.Equal(ignored, CheckpointKeys.ReasonToIgnore(name, 39) is not null);

    [Theory]
    [InlineData("llama_model.model.layers.0.self_attn.q_layernorm.bias", true)]
    [InlineData("llama_model.model.layers.31.self_attn.k_layernorm.bias", true)]
    [InlineData("llama_model.model.layers.0.self_attn.q_layernorm.weight", false)]
    [InlineData("llama_model.model.layers.0.input_layernorm.bias", false)]
    public void MayComeFromNoFile_OnlyBiasesOfTheAddedNorms(string name, bool expected) => Assert.Equal(expected, CheckpointKeys.MayComeFromNoFile(name));
}
