using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TinyGptV.Model.Layers;

/// <summary>
/// y = x W^T + b. Unlike the framework's linear layer, parameters are not initialised: they always come from a checkpoint, and
/// drawing 3.9 billion random numbers would take a minute. Inputs are converted to the weights' precision, which is also the output's.
/// </summary>
internal class LinearLayer : nn.Module<Tensor, Tensor>
{
    protected readonly Parameter weight; // [out, in]
    protected readonly Parameter? bias;  // [out]

    public LinearLayer(int inFeatures, int outFeatures, ScalarType dtype, Device device, bool hasBias = true) : base(nameof(LinearLayer))
    {
        weight = new Parameter(empty(outFeatures, inFeatures, dtype: dtype, device: device), requires_grad: false);
        bias = hasBias ? new Parameter(empty(outFeatures, dtype: dtype, device: device), requires_grad: false) : null;
        RegisterComponents();
    }

    /// <summary>[out, in]</summary>
    public Tensor Weight => weight;

    /// <param name="input">[..., in]</param>
    /// <returns>[..., out]</returns>
    public override Tensor forward(Tensor input) => nn.functional.linear(input.to(weight.dtype), weight, bias);

    /// <summary>Runs the layer with another bias.</summary>
    /// <param name="input">[..., in]</param>
    /// <param name="otherBias">[out]</param>
    public Tensor Forward(Tensor input, Tensor otherBias) => nn.functional.linear(input.to(weight.dtype), weight, otherBias.to(weight.dtype));
}
