using System.Diagnostics.CodeAnalysis;

namespace TinyGptV.Model.Engine.Caches;

/// <summary>A least-recently-used cache. Not thread-safe.</summary>
/// <typeparam name="TValue">The type of the values.</typeparam>
/// <param name="capacity">Maximum number of values; at least 1.</param>
/// <param name="release">Called with each evicted value.</param>
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
