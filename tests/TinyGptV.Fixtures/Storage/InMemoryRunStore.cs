using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Fixtures.Storage;

/// <summary>Stores predictions as the bytes of their files, never overwrites a shard, and can fail writes.</summary>
internal sealed class InMemoryRunStore : IRunStore
{
    private readonly ConcurrentDictionary<RunId, RunManifest> _manifests = new();
    private readonly ConcurrentDictionary<(RunId Run, ShardIndex Shard), byte[]> _shards = new();
    private readonly ConcurrentDictionary<(RunId Run, string Name), string> _reports = new();

    private readonly ConcurrentBag<(RunId Run, string Name, string Content)> _written = [];
    private readonly ConcurrentBag<(Func<RunId, string, string, bool> Wanted, TaskCompletionSource Told)> _waiting = [];

    /// <summary>If set, every write of a shard throws it.</summary>
    public Exception? Broken { get; set; }

    /// <summary>If set, every write of a file beside the predictions throws it.</summary>
    public Exception? BrokenFiles { get; set; }

    /// <summary>Writes of shards that were already stored.</summary>
    public int SecondWrites => _secondWrites;

    public void ForgetWhatWasRead() => _readBack.Clear();

    /// <summary>The runs of which a shard was read since then.</summary>
    public IEnumerable<RunId> RunsReadBack => _readBack.Keys;

    private readonly ConcurrentDictionary<RunId, bool> _readBack = new();
    private readonly SemaphoreSlim _partialWritten = new(0);
    private int _secondWrites;

    public ImmutableArray<Prediction> AllPredictions(RunId run) =>
        Sort(_manifests[run], _shards.Where(entry => entry.Key.Run == run).SelectMany(entry => PredictionLines.Read(entry.Value, "memory").AsEnumerable()));

    /// <summary>Predictions in report order: benchmarks in evaluation order, samples by identity.</summary>
    public static ImmutableArray<Prediction> Sort(RunManifest manifest, IEnumerable<Prediction> predictions)
    {
        var order = manifest.Benchmarks.Select((benchmark, index) => (benchmark.Definition.Name, index)).ToDictionary();
        return [.. predictions.OrderBy(prediction => order[prediction.Benchmark]).ThenBy(prediction => prediction.Sample.Id)];
    }

    /// <summary>The names of the files next to a run's predictions, in ordinal order.</summary>
    public ImmutableArray<string> Reports(RunId run) =>
        [.. _reports.Keys.Where(key => key.Run == run).Select(key => key.Name).Order(StringComparer.Ordinal)];

    public string Report(RunId run, string name) => _reports[(run, name)];

    /// <summary>How often a file beside the predictions of a run was written.</summary>
    public int Writes(RunId run, string name) => _written.Count(entry => entry.Run == run && entry.Name == name);

    /// <summary>Removes a file beside the predictions of a run, as a user may.</summary>
    public void Remove(RunId run, string name) => _reports.TryRemove((run, name), out _);

    /// <summary>Removes the predictions of a shard, as a user may.</summary>
    public void Remove(RunId run, ShardIndex shard) => _shards.TryRemove((run, shard), out _);

    /// <summary>Ends once a run's stored state has had this phase.</summary>
    public Task WhenStateIsAsync(RunId run, RunPhase phase)
    {
        string value = $"\"phase\": \"{phase.ToString().ToLowerInvariant()}\"";
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Add((Wanted, told));
        if (_written.Any(entry => Wanted(entry.Run, entry.Name, entry.Content)))
            told.TrySetResult();
        return told.Task;

        bool Wanted(RunId written, string name, string content) => written == run && name == RunState.File && content.Contains(value, StringComparison.Ordinal);
    }

    public RunManifest Manifest(RunId run) => _manifests[run];

    public ValueTask<ImmutableArray<RunId>> ListAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<ImmutableArray<RunId>>([.. _manifests.Keys.OrderBy(run => run.Value, StringComparer.Ordinal)]);

    public ValueTask<bool> TryCreateAsync(RunManifest manifest, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_manifests.TryAdd(manifest.Run, manifest));

    public ValueTask<RunManifest?> ReadManifestAsync(RunId run, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_manifests.GetValueOrDefault(run));

    public ValueTask<ImmutableArray<ShardIndex>> ListShardsAsync(RunId run, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ImmutableArray<ShardIndex>>([.. _shards.Keys.Where(key => key.Run == run).Select(key => key.Shard).Order()]);

    public ValueTask<bool> TryWriteShardAsync(
        RunId run, ShardIndex shard, ReadOnlyMemory<byte> lines, CancellationToken cancellationToken)
    {
        if (Broken is { } broken)
            throw broken;
        bool written = _shards.TryAdd((run, shard), lines.ToArray());
        if (!written)
            Interlocked.Increment(ref _secondWrites);
        return ValueTask.FromResult(written);
    }

    public ValueTask<StoredShard> ReadShardAsync(RunId run, ShardIndex shard, CancellationToken cancellationToken)
    {
        _readBack[run] = true;
        return _shards.TryGetValue((run, shard), out byte[]? lines)
            ? ValueTask.FromResult(new StoredShard(lines, $"{shard}"))
            : ValueTask.FromException<StoredShard>(new PrerequisiteException($"The predictions of shard {shard} are not there."));
    }

    private readonly ConcurrentDictionary<(RunId Run, PastShard Past), byte[]> _history = new();

    public ValueTask ReplaceShardAsync(RunId run, PastShard past, ReadOnlyMemory<byte> lines, CancellationToken cancellationToken)
    {
        if (Broken is { } broken)
            throw broken;
        byte[] now = _shards.TryGetValue((run, past.Shard), out byte[]? found)
            ? found
            : throw new PrerequisiteException($"The predictions of shard {past.Shard} are not there.");
        if (_history.GetOrAdd((run, past), now).AsSpan().SequenceEqual(now))
            _shards[(run, past.Shard)] = lines.ToArray();
        return ValueTask.CompletedTask;
    }

    public ValueTask<ImmutableArray<PastShard>> ListHistoryAsync(RunId run, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ImmutableArray<PastShard>>(
            [.. _history.Keys.Where(key => key.Run == run).Select(key => key.Past).OrderBy(past => past.Shard).ThenBy(past => past.Round)]);

    public ValueTask<StoredShard> ReadHistoryAsync(RunId run, PastShard past, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new StoredShard(_history[(run, past)], $"{past}"));

    /// <summary>The answers of shards in progress.</summary>
    public ConcurrentDictionary<(RunId Run, ShardIndex Shard), byte[]> Partials { get; } = new();

    public ValueTask<ImmutableArray<ShardIndex>> ListPartialsAsync(RunId run, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ImmutableArray<ShardIndex>>([.. Partials.Keys.Where(key => key.Run == run).Select(key => key.Shard).Order()]);

    public ValueTask WritePartialAsync(RunId run, ShardIndex shard, ReadOnlyMemory<byte> lines, CancellationToken cancellationToken)
    {
        if (Broken is { } broken)
            throw broken;
        Partials[(run, shard)] = lines.ToArray();
        _partialWritten.Release();
        return ValueTask.CompletedTask;
    }

    /// <summary>Ends with the next write of answers of a shard in progress; each write ends one wait.</summary>
    public Task WhenPartialWrittenAsync(CancellationToken cancellationToken) => _partialWritten.WaitAsync(cancellationToken);

    public ValueTask<StoredShard?> ReadPartialAsync(RunId run, ShardIndex shard, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Partials.TryGetValue((run, shard), out byte[]? lines) ? new StoredShard(lines, $"{shard} in part") : null);

    public ValueTask RemovePartialAsync(RunId run, ShardIndex shard, CancellationToken cancellationToken)
    {
        Partials.TryRemove((run, shard), out _);
        return ValueTask.CompletedTask;
    }

    public ValueTask<string> WriteFileAsync(RunId run, string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (BrokenFiles is { } broken)
            throw broken;
        string content = Encoding.UTF8.GetString(bytes.Span);
        _reports[(run, name)] = content;
        _written.Add((run, name, content));
        foreach (var (wanted, told) in _waiting)
        {
            if (wanted(run, name, content))
                told.TrySetResult();
        }

        return ValueTask.FromResult($"{run}/{name}");
    }

    public ValueTask<string?> ReadFileAsync(RunId run, string name, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_reports.GetValueOrDefault((run, name)));

    public ValueTask<RunVersions> ListVersionsAsync(RunId run, CancellationToken cancellationToken)
    {
        string predictions = string.Join('\n', _shards.Where(entry => entry.Key.Run == run).OrderBy(entry => entry.Key.Shard)
            .Select(entry => $"{entry.Key.Shard} {VersionOf(entry.Value)}").Prepend($"{_manifests.GetValueOrDefault(run)?.GetHashCode()}"));
        return ValueTask.FromResult(new RunVersions(predictions, _reports.Where(entry => entry.Key.Run == run)
            .ToImmutableSortedDictionary(entry => entry.Key.Name, entry => VersionOf(Encoding.UTF8.GetBytes(entry.Value)), StringComparer.Ordinal)));
    }

    private readonly Dictionary<(RunId Run, string Name), VersionedFile> _versioned = [];
    private readonly string _identity = Guid.NewGuid().ToString("N");

    /// <summary>If set, every write of a versioned file waits for it first.</summary>
    public Func<RunId, Task> BeforeVersionedWrite { get; set; } = _ => Task.CompletedTask;

    public ValueTask<VersionedFile?> ReadVersionedAsync(RunId run, string name, CancellationToken cancellationToken)
    {
        lock (_versioned)
            return ValueTask.FromResult(_versioned.GetValueOrDefault((run, name)));
    }

    public async ValueTask<string?> TryWriteVersionedAsync(
        RunId run, string name, string? version, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        await BeforeVersionedWrite(run).WaitAsync(cancellationToken);
        lock (_versioned)
        {
            if (_versioned.GetValueOrDefault((run, name))?.Version != version)
                return null;
            string next = Guid.NewGuid().ToString("N");
            _versioned[(run, name)] = new VersionedFile(Encoding.UTF8.GetString(content.Span), next);
            return next;
        }
    }

    /// <summary>Removes a whole run, as a user may.</summary>
    public void Remove(RunId run)
    {
        _manifests.TryRemove(run, out _);
        foreach (var (key, _) in _shards.Where(entry => entry.Key.Run == run))
            _shards.TryRemove(key, out _);
        foreach (var (key, _) in _reports.Where(entry => entry.Key.Run == run))
            _reports.TryRemove(key, out _);
        lock (_versioned)
        {
            foreach (var key in _versioned.Keys.Where(key => key.Run == run).ToArray())
                _versioned.Remove(key);
        }
    }

    public ValueTask<string> IdentifyAsync(CancellationToken cancellationToken) => ValueTask.FromResult(_identity);

    private static string VersionOf(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
