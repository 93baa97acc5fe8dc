namespace TinyGptV.Structure;

/// <summary>Finds cycles in a directed graph.</summary>
public static class Cycles
{
    /// <summary>Finds the strongly connected components with more than one node (Tarjan's algorithm).</summary>
    /// <param name="edges">The edges.</param>
    /// <returns>The groups, each in ordinal order.</returns>
    public static IReadOnlyList<IReadOnlyList<string>> Find(IEnumerable<(string From, string To)> edges)
    {
        ILookup<string, string> next = edges.ToLookup(edge => edge.From, edge => edge.To);
        var search = new Search(next);
        foreach (string node in next.Select(group => group.Key).Order(StringComparer.Ordinal))
            search.Visit(node);
        return search.Found;
    }

    private sealed class Search(ILookup<string, string> next)
    {
        private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
        private readonly Dictionary<string, int> _lows = new(StringComparer.Ordinal);
        private readonly Stack<string> _path = new();
        private readonly HashSet<string> _onPath = new(StringComparer.Ordinal);

        public List<IReadOnlyList<string>> Found { get; } = [];

        public void Visit(string node)
        {
            if (_numbers.ContainsKey(node))
                return;
            _numbers[node] = _lows[node] = _numbers.Count;
            _path.Push(node);
            _onPath.Add(node);
            foreach (string other in next[node])
            {
                Visit(other);
                if (_onPath.Contains(other))
                    _lows[node] = Math.Min(_lows[node], _lows[other]);
            }

            if (_lows[node] == _numbers[node])
                Close(node);
        }

        private void Close(string node)
        {
            var group = new List<string>();
            string last;
            do
            {
                last = _path.Pop();
                _onPath.Remove(last);
                group.Add(last);
            }
            while (last != node);
            if (group.Count > 1)
                Found.Add([.. group.Order(StringComparer.Ordinal)]);
        }
    }
}
