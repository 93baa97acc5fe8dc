using System.Text.RegularExpressions;

namespace TinyGptV.Fixtures.Storage;

/// <summary>Tracks which shards of a run the storage service has stored, from the proxy in front of it.</summary>
/// <param name="run">The run.</param>
public sealed partial class ShardWatch(string run)
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _stored = new(StringComparer.Ordinal);
    private readonly List<(int Count, TaskCompletionSource Reached)> _waiting = [];

    /// <summary>Writes refused because the shard was already stored: duplicate work.</summary>
    public int Refused { get; private set; }

    /// <summary>The shards stored so far.</summary>
    public IReadOnlySet<string> Now
    {
        get
        {
            lock (_lock)
                return _stored.ToHashSet(StringComparer.Ordinal);
        }
    }

    /// <summary>Records the service's answer to a request.</summary>
    public void Served(string method, string path, int status)
    {
        if (method != "PUT" || Shard().Match(path) is not { Success: true } match || match.Groups["run"].Value != run)
            return;
        lock (_lock)
        {
            if (status is 409 or 412)
                Refused++;
            if (status != 201 || !_stored.Add(match.Groups["shard"].Value))
                return;
            foreach ((_, TaskCompletionSource reached) in _waiting.Where(waiting => waiting.Count <= _stored.Count))
                reached.TrySetResult();
        }
    }

    /// <summary>Ends when this many shards are stored.</summary>
    public Task WhenAsync(int count)
    {
        lock (_lock)
        {
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_stored.Count >= count)
                reached.SetResult();
            _waiting.Add((count, reached));
            return reached.Task;
        }
    }

    [GeneratedRegex(@"/(?<run>[^/]+)/predictions/(?<shard>[^/?]+)")]
    private static partial Regex Shard();
}
