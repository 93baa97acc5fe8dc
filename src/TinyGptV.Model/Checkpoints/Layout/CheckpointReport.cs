using System.Collections.Immutable;
using System.Text;
using TinyGptV.Model.Checkpoints.Formats;

namespace TinyGptV.Model.Checkpoints.Layout;

/// <summary>A tensor that the model does not have.</summary>
/// <param name="Name">Its canonical name.</param>
/// <param name="File">The file that contains it.</param>
/// <param name="Role">The kind of file.</param>
public sealed record UnexpectedTensor(string Name, string File, CheckpointRole Role);

/// <summary>A tensor whose shape differs from the model's.</summary>
/// <param name="Name">Its canonical name.</param>
/// <param name="Expected">The model's shape.</param>
/// <param name="Found">The file's shape.</param>
/// <param name="File">The file that contains it.</param>
public sealed record MisshapenTensor(string Name, ImmutableArray<long> Expected, ImmutableArray<long> Found, string File);

/// <summary>A tensor that is safe to ignore.</summary>
/// <param name="Name">Its canonical name.</param>
/// <param name="File">The file that contains it.</param>
/// <param name="Reason">Why it is ignored.</param>
public sealed record IgnoredTensor(string Name, string File, string Reason);

/// <summary>The result for every tensor of the model and of its files.</summary>
/// <param name="Missing">Tensors of the model that are in no file, by canonical name.</param>
/// <param name="Unexpected">Tensors of the files that the model does not have.</param>
/// <param name="Misshapen">Tensors whose shape differs from the model's.</param>
/// <param name="Ignored">Tensors that are safe to ignore.</param>
/// <param name="Loaded">Number of tensors loaded from each file, by path.</param>
public sealed record CheckpointReport(
    ImmutableArray<string> Missing,
    ImmutableArray<UnexpectedTensor> Unexpected,
    ImmutableArray<MisshapenTensor> Misshapen,
    ImmutableArray<IgnoredTensor> Ignored,
    ImmutableSortedDictionary<string, int> Loaded)
{
    /// <summary>
    /// Whether the model matches its files. An unexpected tensor in the language model, the stage file or a converted folder means that the model
    /// was built smaller than its files. In files of other projects (EVA, BLIP-2) it is allowed.
    /// </summary>
    public bool IsComplete => Missing.IsEmpty && Misshapen.IsEmpty && !Unexpected.Any(IsTrainedForThisModel);

    /// <summary>Rejects an incomplete model.</summary>
    /// <exception cref="CheckpointException">The model is incomplete; the message lists all problems.</exception>
    public void ThrowIfIncomplete()
    {
        if (!IsComplete)
            throw new CheckpointException(Describe());
    }

    private static bool IsTrainedForThisModel(UnexpectedTensor tensor) => tensor.Role is CheckpointRole.Phi or CheckpointRole.Stage or CheckpointRole.Converted;

    private string Describe()
    {
        var text = new StringBuilder("The files do not form a complete model.");
        Section(text, $"Missing: {Missing.Length} tensors that are in no file", TensorNames.Group(Missing));
        Section(text, $"Wrong shape: {Misshapen.Length} tensors", Misshapen.Select(Line));
        foreach (var file in Unexpected.Where(IsTrainedForThisModel).GroupBy(tensor => tensor.File))
            Section(text, $"Unexpected: {file.Count()} tensors in {file.Key} that the model does not have",
                TensorNames.Group(file.Select(tensor => tensor.Name)));
        Section(text, "Read", Loaded.Select(file => $"{file.Value} tensors from {file.Key}"));
        return text.AppendLine().Append("Check that all files belong to the same model and stage, and that none is damaged.").ToString();
    }

    private static string Line(MisshapenTensor tensor) =>
        $"{tensor.Name}: expected {TensorHeader.ShapeTextOf(tensor.Expected.AsSpan())}, " +
        $"found {TensorHeader.ShapeTextOf(tensor.Found.AsSpan())} in {tensor.File}";

    private static void Section(StringBuilder text, string title, IEnumerable<string> lines)
    {
        string[] all = [.. lines];
        if (all.Length == 0)
            return;
        text.AppendLine().Append(title).Append(':');
        foreach (string line in all.Take(40))
            text.AppendLine().Append("  ").Append(line);
        if (all.Length > 40)
            text.AppendLine().Append($"  and {all.Length - 40} more");
    }
}
