using TinyGptV.Model.Configuration;
using TinyGptV.Model.Layers;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace TinyGptV.Model.Language;

/// <summary>
/// A linear layer with a separate LoRA adapter, as in the original: y = x W^T + b + alpha/rank * (x A^T) B^T. With rank 0 it is a plain
/// linear layer without adapter parameters. When merged, it is a single matrix product.
/// </summary>
internal sealed class LoraLinear : LinearLayer
{
    private readonly Scalar _scale = 1; // a field, so it stays alive while native code reads it
    private bool _merged;
    private readonly LinearLayer? lora_A; // [rank, in]
    private readonly LinearLayer? lora_B; // [out, rank]

    public LoraLinear(int inFeatures, int outFeatures, LoraConfig lora, ScalarType dtype, Device device) : base(inFeatures, outFeatures, dtype, device)
    {
        if (lora.R == 0)
            return;
        _scale = lora.Alpha / lora.R;
        lora_A = new LinearLayer(inFeatures, lora.R, dtype, device, hasBias: false);
        lora_B = new LinearLayer(lora.R, outFeatures, dtype, device, hasBias: false);
        register_module(nameof(lora_A), lora_A); // the base class has already registered its own fields
        register_module(nameof(lora_B), lora_B);
    }

    public override Tensor forward(Tensor input)
    {
        Tensor x = input.to(weight.dtype);
        Tensor y = F.linear(x, weight, bias);
        return lora_A is null || _merged ? y : y.add_(lora_B!.forward(lora_A.forward(x)), _scale);
    }

    /// <summary>Merges the adapter into the weight: W + alpha/rank * B A, computed in float32 and rounded once. Cannot be undone.</summary>
    public void Merge()
    {
        if (lora_A is null || _merged)
            return;
        using DisposeScope scope = NewDisposeScope();
        Tensor delta = lora_B!.Weight.to(float32).matmul(lora_A.Weight.to(float32)).mul_(_scale); // [out, in]
        weight.copy_(weight.to(float32).PlusInPlace(delta));
        _merged = true;
    }
}
