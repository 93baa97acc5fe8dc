using System.Collections.Immutable;
using TinyGptV.Model.Checkpoints.Formats;

namespace TinyGptV.Model.Checkpoints.Layout;

/// <summary>Which file provides which tensor of a model, decided from headers only. If two files contain a tensor, the later one wins.</summary>
/// <param name="shapes">The model's tensors by canonical name.</param>
internal sealed class CheckpointPlan(IReadOnlyDictionary<string, ImmutableArray<long>> shapes)
{
    private readonly int _visualBlocks = CheckpointKeys.VisualBlocks(shapes.Keys);
    private readonly Dictionary<string, TensorSource> _sources = new(StringComparer.Ordinal);
    private readonly HashSet<string> _found = new(StringComparer.Ordinal);
    private readonly List<UnexpectedTensor> _unexpected = [];
    private readonly List<MisshapenTensor> _misshapen = [];
    private readonly List<IgnoredTensor> _ignored = [];
    private readonly Dictionary<string, int> _fitting = new(StringComparer.Ordinal);

    /// <summary>The source of each tensor, by canonical name.</summary>
    public IReadOnlyDictionary<string, TensorSource> Sources => _sources;

    /// <summary>Tensors that are in no file and may stay zero.</summary>
    public IEnumerable<string> Zeros => shapes.Keys.Where(name => !_found.Contains(name) && CheckpointKeys.MayComeFromNoFile(name));

    public void Add(CheckpointRole role, ICheckpointFile file)
    {
        _fitting.TryAdd(file.Path, 0);
        var here = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (TensorHeader header in file.Tensors.Values)
        {
            string name = CheckpointKeys.Canonical(role, header.Name);
            if (!here.TryAdd(name, header.Name))
                throw new CheckpointException($"{file.Path}: {here[name]} and {header.Name} both map to {name}.");
            Add(role, file, header, name);
        }
    }

    public CheckpointReport Report() => new(
        [.. shapes.Keys.Where(name => !_found.Contains(name) && !CheckpointKeys.MayComeFromNoFile(name))],
        [.. _unexpected], [.. _misshapen], [.. _ignored], _fitting.ToImmutableSortedDictionary(StringComparer.Ordinal));

    private void Add(CheckpointRole role, ICheckpointFile file, TensorHeader header, string name)
    {
        if (!shapes.TryGetValue(name, out ImmutableArray<long> wanted))
        {
            if (CheckpointKeys.ReasonToIgnore(name, _visualBlocks) is { } reason)
                _ignored.Add(new IgnoredTensor(name, file.Path, reason));
            else
                _unexpected.Add(new UnexpectedTensor(name, file.Path, role));
            return;
        }

        _found.Add(name); // a tensor of the wrong shape is not reported as missing too
        bool fits = header.Shape.SequenceEqual(wanted);
        if (!fits && !CanResample(role, name, header.Shape.AsSpan(), wanted.AsSpan()))
        {
            _misshapen.Add(new MisshapenTensor(name, wanted, header.Shape, file.Path));
            return;
        }

        _sources[name] = new TensorSource(file, header, fits ? null : wanted[1]);
        _fitting[file.Path]++;
    }

    /// <summary>A converted table may already be resampled; doing it twice would not give the original's values.</summary>
    private static bool CanResample(CheckpointRole role, string name, ReadOnlySpan<long> stored, ReadOnlySpan<long> wanted) =>
        role != CheckpointRole.Converted && name == CheckpointKeys.PositionTable && PositionTable.CanResample(stored, wanted);
}
