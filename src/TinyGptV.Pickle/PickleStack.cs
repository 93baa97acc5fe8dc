using System.Runtime.InteropServices;

namespace TinyGptV.Pickle;

/// <summary>The stack of values being built. Values below the last mark belong to an unfinished structure and cannot be reached.</summary>
internal sealed class PickleStack
{
    private readonly List<object?> _values = [];
    private readonly List<int> _marks = [];

    public object? Top => _values.Count > Floor ? _values[^1] : throw Missing();

    private int Floor => _marks.Count == 0 ? 0 : _marks[^1];

    public void Push(object? value) => _values.Add(value);

    public void Mark() => _marks.Add(_values.Count);

    public object? Pop()
    {
        object? top = Top;
        _values.RemoveAt(_values.Count - 1);
        return top;
    }

    public object?[] Pop(int count) => _values.Count - count >= Floor ? PopFrom(_values.Count - count) : throw Missing();

    public object?[] PopToMark()
    {
        if (_marks.Count == 0)
            throw new InvalidDataException("a mark is missing");
        object?[] values = PopFrom(Floor);
        _marks.RemoveAt(_marks.Count - 1);
        return values;
    }

    private static InvalidDataException Missing() => new("a value is missing");

    private object?[] PopFrom(int index)
    {
        object?[] values = CollectionsMarshal.AsSpan(_values)[index..].ToArray();
        CollectionsMarshal.SetCount(_values, index);
        return values;
    }
}
