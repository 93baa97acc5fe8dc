using TinyGptV.Model.Language;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace TinyGptV.Model.Training;

/// <summary>The original's training loss: the mean negative log-likelihood of all labels in a batch, each predicted by the row before it.</summary>
internal static class TrainingLoss
{
    /// <summary>Runs the model over a batch, packed without padding.</summary>
    /// <param name="model">The model.</param>
    /// <param name="batch">The sequences.</param>
    /// <param name="pixels">Normalised pixels [B, 3, S, S], one image per sequence with an image, in order; null if none.</param>
    /// <returns>The loss, a differentiable scalar.</returns>
    public static Tensor Of(TinyGptVModel model, IReadOnlyList<TrainingSequence> batch, Tensor? pixels)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor? images = pixels is null ? null : model.EncodeImages(pixels);                // [B, Q, C]
        var inputs = new List<Tensor>();
        var spans = new List<RowSpan>();
        var labels = new List<long>();
        int rows = 0, image = 0;
        foreach (TrainingSequence sequence in batch)
        {
            inputs.Add(model.Language.Embed(tensor(sequence.Before.Select(id => (long)id).ToArray(), device: model.Device)));
            if (sequence.ImageRows > 0)
                inputs.Add(images![image++].narrow(0, 0, sequence.ImageRows));
            if (!sequence.After.IsEmpty)
                inputs.Add(model.Language.Embed(tensor(sequence.After.Select(id => (long)id).ToArray(), device: model.Device)));
            Tensor? visible = sequence.Visible.All(v => v) ? null : tensor(sequence.Visible.ToArray(), device: model.Device);
            spans.Add(new RowSpan(null, rows, sequence.Labels.Length, visible));
            labels.AddRange(sequence.Labels.Skip(1)); // the row of token i predicts token i + 1
            labels.Add(-100);
            rows += sequence.Labels.Length;
        }

        Tensor logits = model.Language.Logits(model.Language.Forward(cat(inputs), spans));
        return F.cross_entropy(logits, tensor(labels.ToArray(), device: model.Device), ignore_index: -100).MoveToOuterDisposeScope();
    }
}
