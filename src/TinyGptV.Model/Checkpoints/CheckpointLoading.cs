using System.Collections.Immutable;
using TorchSharp;

namespace TinyGptV.Model.Checkpoints;

/// <summary>One pass over the files of a model, collecting what fits and what does not.</summary>
internal sealed class CheckpointLoading(IReadOnlyDictionary<string, torch.Tensor> parameters)
{
    private readonly int _visualBlocks = CheckpointKeys.VisualBlocks(parameters.Keys);
    private readonly HashSet<string> _filled = new(StringComparer.Ordinal);
    private readonly List<UnexpectedTensor> _unexpected = [];
    private readonly List<MisshapenTensor> _misshapen = [];
    private readonly List<IgnoredTensor> _ignored = [];
    private readonly Dictionary<string, int> _loaded = new(StringComparer.Ordinal);

    public void Load(CheckpointRole role, ICheckpointFile file, CancellationToken cancellationToken)
    {
        _loaded.TryAdd(file.Path, 0);
        var here = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (TensorHeader header in file.Tensors.Values)
        {
            cancellationToken.ThrowIfCancellationRequested();
            string name = CheckpointKeys.Canonical(role, header.Name);
            if (!here.TryAdd(name, header.Name)) throw new CheckpointException($"{file.Path}: {here[name]} and {header.Name} are both {name} of the model.");
            Load(role, file, header, name);
        }
    }

    public CheckpointReport Finish()
    {
        foreach (string name in parameters.Keys.Where(name => !_filled.Contains(name) && CheckpointKeys.MayComeFromNoFile(name)))
        {
            parameters[name].zero_().Dispose(); // unlike copy_, this returns a second handle
            _filled.Add(name);
        }

        return new CheckpointReport([.. parameters.Keys.Where(name => !_filled.Contains(name))], [.. _unexpected], [.. _misshapen], [.. _ignored],
            _loaded.ToImmutableSortedDictionary(StringComparer.Ordinal));
    }

    private void Load(CheckpointRole role, ICheckpointFile file, TensorHeader header, string name)
    {
        if (!parameters.TryGetValue(name, out torch.Tensor? parameter))
        {
            if (CheckpointKeys.ReasonToIgnore(name, _visualBlocks) is { } reason) _ignored.Add(new IgnoredTensor(name, file.Path, reason));
            else _unexpected.Add(new UnexpectedTensor(name, file.Path, role));
            return;
        }

        long[] wanted = parameter.shape;
        bool resample = name == CheckpointKeys.PositionTable && !header.Shape.AsSpan().SequenceEqual(wanted) &&
            PositionTable.CanResample(header.Shape.AsSpan(), wanted);
        _filled.Add(name); // a tensor of the wrong shape is reported as that, not as missing too
        if (!resample && !header.Shape.AsSpan().SequenceEqual(wanted))
        {
            _misshapen.Add(new MisshapenTensor(name, [.. wanted], header.Shape, file.Path));
            return;
        }

        Copy(file, header, parameter, resample ? wanted[1] : null);
        _loaded[file.Path]++;
    }

    private static void Copy(ICheckpointFile file, TensorHeader header, torch.Tensor parameter, long? tokens)
    {
        using torch.Tensor stored = file.Read(header.Name);
        using torch.Tensor? resampled = tokens is { } count ? PositionTable.Resample(stored, count) : null;
        parameter.copy_(resampled ?? stored);
    }
}
