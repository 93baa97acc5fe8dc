namespace TinyGptV.Pickle;

/// <summary>The memo: values a pickle can refer to again. Python numbers them from 0 or 1 without gaps, so no index can force a large allocation.</summary>
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
