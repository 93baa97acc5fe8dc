using TinyGptV.Model.Kernels;
using TinyGptV.Model.Language;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace TinyGptV.Model.Engine;

/// <summary>
/// Runs the model; the only engine class that computes with tensors. Each answer depends only on its own request, to the last bit:
/// see <see cref="PadRows"/>.
/// </summary>
internal sealed class ModelRunner(TinyGptVModel model, int threads)
{
    /// <summary>A new KV cache for a sequence.</summary>
    /// <param name="capacity">Maximum number of positions.</param>
    public KvCache NewCache(int capacity) => new(model.Phi, capacity, model.DType, model.Device);

    /// <summary>
    /// Whether prompts may be computed in pieces. A CPU without our kernels rounds a piece differently from the whole, and answers must not depend
    /// on what was asked before.
    /// </summary>
    public bool SharesPrompts => model.Device.type != DeviceType.CPU || CpuKernels.ServeOn(model.Device);

    /// <summary>Encodes one image. Images are encoded one at a time, so that the vectors do not depend on which images arrive together.</summary>
    /// <param name="pixels">Normalised pixels, channel by channel, 3 * S * S values.</param>
    /// <returns>[Q, C]; the caller disposes it.</returns>
    public Tensor EncodeImage(float[] pixels)
    {
        using DisposeScope scope = NewDisposeScope();
        long size = model.Config.ImageSize;
        Tensor image = tensor(pixels, [1, 3, size, size]).to(model.Device);
        Tensor vectors = model.EncodeImages(image).squeeze(0);
        ThrowIfNotFinite(vectors.sum(), "vectors of an image");
        return vectors.DetachFromDisposeScope();
    }

    /// <summary>Runs one step and answers its questions.</summary>
    /// <param name="step">The rows and questions.</param>
    public void Run(PackedStep step)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor input = step.BuildInput(model.Language, model.Device, PadRows(step.Rows));                 // [R, C]
        Tensor hidden = model.Language.Forward(input, step.Spans);                          // [R, C]
        if (step.Questions.Count > 0)
            Answer(step.Questions, hidden);
    }

    private void Answer(IReadOnlyList<RowQuestion> questions, Tensor hidden)
    {
        var rows = new long[PadRows(questions.Count)]; // padding repeats row 0
        for (int i = 0; i < questions.Count; i++)
            rows[i] = questions[i].Row;
        Tensor logits = model.Language.Logits(hidden.index_select(0, tensor(rows, device: model.Device))); // [rows, V]
        ThrowIfNotFinite(logits.sum(), "logits of the language model");
        long[] best = logits.argmax(1).cpu().data<long>().ToArray();
        for (int i = 0; i < questions.Count; i++)
        {
            questions[i].MostLikely = (int)best[i];
            if (questions[i].Tokens.Count > 0)
                questions[i].LogLikelihoods = LogLikelihoods(logits[i], questions[i].Tokens);
            if (questions[i].WantsScores)
                questions[i].Scores = [.. logits[i].cpu().data<float>()];
        }
    }

    /// <summary>NaN and infinity survive a sum. They are an error of the weights, of the precision or of the machine, and never an answer.</summary>
    private static void ThrowIfNotFinite(Tensor sum, string what)
    {
        if (!double.IsFinite(sum.to(float64).item<double>()))
            throw new NotFiniteNumberException(
                $"The {what} are not finite, so there is no answer. The loaded weights were finite: "
                + "choose float32 if the precision is float16, else check the machine.");
    }

    private static double[] LogLikelihoods(Tensor logits, IReadOnlyList<int> tokens)
    {
        long[] ids = [.. tokens.Select(t => (long)t)];
        Tensor wanted = F.log_softmax(logits, dim: 0).index_select(0, tensor(ids, device: logits.device));
        return [.. wanted.cpu().data<float>().Select(x => (double)x)];
    }

    // The CPU's matrix product gives rows to threads in groups of four and uses another kernel, with different rounding, for the rest.
    // With only full groups on every thread, a row's result does not depend on the number of rows.
    private int PadRows(int rows)
    {
        int group = 4 * threads;
        return (rows + group - 1) / group * group;
    }
}
