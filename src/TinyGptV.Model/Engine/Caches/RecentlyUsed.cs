using System.Diagnostics.CodeAnalysis;

namespace TinyGptV.Model.Engine.Caches;

/// <summary>Keeps the values used last and lets go of the one not used for the longest time. Not thread-safe.</summary>
/// <typeparam name="TValue">The kind of value.</typeparam>
/// <param name="capacity">How many values are kept; at least 1.</param>
/// <param name="release">Called with each value that is let go.</param>
internal sealed class RecentlyUsed<TValue>(int capacity, Action<TValue>? release = null)
{
    private readonly Dictionary<string, LinkedListNode<(string Key, TValue Value)>> _byKey = [];
    private readonly LinkedList<(string Key, TValue Value)> _order = new(); // most recently used first

    public int Count => _order.Count;

    public bool TryGet(string key, [MaybeNullWhen(false)] out TValue value)
    {
        value = default;
        if (!_byKey.TryGetValue(key, out LinkedListNode<(string Key, TValue Value)>? node))
            return false;
        _order.Remove(node);
        _order.AddFirst(node);
        value = node.Value.Value;
        return true;
    }

    public void Add(string key, TValue value)
    {
        _byKey.Add(key, _order.AddFirst((key, value)));
        while (_order.Count > capacity)
            Release(_order.Last!);
    }

    public void Clear()
    {
        while (_order.Last is { } last)
            Release(last);
    }

    private void Release(LinkedListNode<(string Key, TValue Value)> node)
    {
        _order.Remove(node);
        _byKey.Remove(node.Value.Key);
        release?.Invoke(node.Value.Value);
    }
}
