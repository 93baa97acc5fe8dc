using System.Collections.Immutable;
using System.Text;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Evaluation.Tests.Runs;

/// <summary>Holds one run in memory, and counts how much is read.</summary>
internal sealed class StoreOfOneRun(RunManifest manifest) : IRunStore
{
    private readonly SortedDictionary<ShardIndex, byte[]> _shards = [];
    private readonly Dictionary<string, string> _reports = [];
    private int _reading;

    /// <summary>Which shards were read, in this order.</summary>
    public List<ShardIndex> Read { get; } = [];

    /// <summary>How many shards were being read at once, at most. Shards are handed out once <see cref="Open"/> is called.</summary>
    public int MostAtOnce { get; private set; }

    public TaskCompletionSource Gate { get; } = new();

    public StoreOfOneRun Open()
    {
        Gate.TrySetResult();
        return this;
    }

    public void Put(int shard, params IEnumerable<Prediction> predictions) => _shards[new ShardIndex(shard)] = PredictionLines.Write(predictions);

    public void Put(string name, string content) => _reports[name] = content;

    public string Report(string name) => _reports[name];

    public ValueTask<ImmutableArray<RunId>> ListAsync(CancellationToken cancellationToken) => ValueTask.FromResult<ImmutableArray<RunId>>([manifest.Run]);

    public ValueTask<bool> TryCreateAsync(RunManifest manifest, CancellationToken cancellationToken) => ValueTask.FromResult(false);

    public ValueTask<RunManifest?> ReadManifestAsync(RunId run, CancellationToken cancellationToken) =>
        ValueTask.FromResult(run == manifest.Run ? manifest : null);

    public ValueTask<ImmutableArray<ShardIndex>> ListShardsAsync(RunId run, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ImmutableArray<ShardIndex>>([.. _shards.Keys]);

    public ValueTask<bool> TryWriteShardAsync(RunId run, ShardIndex shard, ReadOnlyMemory<byte> lines, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_shards.TryAdd(shard, lines.ToArray()));

    public async ValueTask<StoredShard> ReadShardAsync(RunId run, ShardIndex shard, CancellationToken cancellationToken)
    {
        Read.Add(shard);
        MostAtOnce = Math.Max(MostAtOnce, ++_reading);
        await Gate.Task;
        _reading--;
        return new StoredShard(_shards[shard], $"{shard}.jsonl");
    }

    /// <summary>What shards were before their failed samples were asked again.</summary>
    public Dictionary<PastShard, byte[]> History { get; } = [];

    public ValueTask ReplaceShardAsync(RunId run, PastShard past, ReadOnlyMemory<byte> lines, CancellationToken cancellationToken)
    {
        History.TryAdd(past, _shards[past.Shard]);
        _shards[past.Shard] = lines.ToArray();
        return ValueTask.CompletedTask;
    }

    public ValueTask<ImmutableArray<PastShard>> ListHistoryAsync(RunId run, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ImmutableArray<PastShard>>([.. History.Keys.OrderBy(past => past.Shard).ThenBy(past => past.Round)]);

    public ValueTask<StoredShard> ReadHistoryAsync(RunId run, PastShard past, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new StoredShard(History[past], $"{past}"));

    /// <summary>The answers of shards in progress.</summary>
    public SortedDictionary<ShardIndex, byte[]> Partials { get; } = [];

    public ValueTask<ImmutableArray<ShardIndex>> ListPartialsAsync(RunId run, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ImmutableArray<ShardIndex>>([.. Partials.Keys]);

    public ValueTask WritePartialAsync(RunId run, ShardIndex shard, ReadOnlyMemory<byte> lines, CancellationToken cancellationToken)
    {
        Partials[shard] = lines.ToArray();
        return ValueTask.CompletedTask;
    }

    public ValueTask<StoredShard?> ReadPartialAsync(RunId run, ShardIndex shard, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Partials.TryGetValue(shard, out byte[]? lines) ? new StoredShard(lines, $"{shard}.jsonl") : null);

    public ValueTask RemovePartialAsync(RunId run, ShardIndex shard, CancellationToken cancellationToken)
    {
        Partials.Remove(shard);
        return ValueTask.CompletedTask;
    }

    public ValueTask<string> WriteFileAsync(RunId run, string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        Put(name, Encoding.UTF8.GetString(content.Span));
        return ValueTask.FromResult(name);
    }

    public ValueTask<string?> ReadFileAsync(RunId run, string name, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_reports.GetValueOrDefault(name));

    public ValueTask<RunVersions> ListVersionsAsync(RunId run, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new RunVersions(string.Join(' ', _shards.Keys), _reports.ToImmutableSortedDictionary()));

    public ValueTask<VersionedFile?> ReadVersionedAsync(RunId run, string name, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_reports.TryGetValue(name, out string? content) ? new VersionedFile(content, content) : null);

    public ValueTask<string?> TryWriteVersionedAsync(
        RunId run, string name, string? version, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        if (_reports.GetValueOrDefault(name) != version)
            return ValueTask.FromResult<string?>(null);
        Put(name, Encoding.UTF8.GetString(content.Span));
        return ValueTask.FromResult<string?>(_reports[name]);
    }

    public ValueTask<string> IdentifyAsync(CancellationToken cancellationToken) => ValueTask.FromResult("one-run");
}
