namespace TinyGptV.Pickle;

/// <summary>The values that a pickle refers to again. Python numbers them from 0 or 1 on without gaps, so that no number can ask for memory.</summary>
internal sealed class PickleMemo
{
    private static readonly object Nothing = new();

    private readonly List<object?> _values = [];

    public void Store(object? value) => _values.Add(value);

    public void Store(long index, object? value)
    {
        if (index == 1 && _values.Count == 0)
            Store(Nothing);
        if (index < 0 || index > _values.Count)
            throw new InvalidDataException($"it stores memo entry {index} after {_values.Count} entries");
        if (index == _values.Count)
            Store(value);
        else
            _values[(int)index] = value;
    }

    public object? Recall(long index) => index >= 0 && index < _values.Count && !ReferenceEquals(_values[(int)index], Nothing)
        ? _values[(int)index]
        : throw new InvalidDataException($"it reads memo entry {index}, which was never stored");
}
