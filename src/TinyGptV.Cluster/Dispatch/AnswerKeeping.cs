using System.Collections.Immutable;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Sharding;

namespace TinyGptV.Cluster.Dispatch;

/// <summary>
/// Writes the answers of shards in progress beside the stored shards, and removes them when their shard is stored. A shard that is finished
/// within the interval is never written here. One writer at a time: each write replaces the older one of its shard.
/// </summary>
/// <param name="services">What every dispatch uses.</param>
/// <param name="run">The run.</param>
internal sealed class AnswerKeeping(DispatchServices services, ActiveRun run)
{
    /// <summary>How long the last round may take; a process that is told to stop cannot wait for a store that is gone.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Dictionary<ShardIndex, int> _written = run.Partials.ToDictionary(shard => shard, run.Kept.CountOf);
    private ImmutableHashSet<ShardIndex> _before = [];
    private bool _failed;

    /// <summary>Writes at intervals what has been there for one of them, and on stopping all that is there.</summary>
    /// <param name="stop">Ends the keeping. No more answers may come then.</param>
    public async Task KeepAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(services.Options.KeepInterval, services.Time, stop)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            if (!stop.IsCancellationRequested)
                await SaveAsync(isLast: false, stop);
        }
    }

    /// <summary>Writes all that is there. No round may be under way, and no more answers may come.</summary>
    public async Task EndAsync()
    {
        using var patience = new CancellationTokenSource(Patience, services.Time);
        await SaveAsync(isLast: true, patience.Token);
    }

    private async Task SaveAsync(bool isLast, CancellationToken cancellationToken)
    {
        ImmutableHashSet<ShardIndex> unsaved = [.. run.Kept.Shards.Where(IsUnsaved)];
        try
        {
            foreach (ShardIndex shard in unsaved.Where(shard => isLast || _before.Contains(shard)).Order())
                await WriteAsync(shard, cancellationToken);
            foreach (ShardIndex shard in _written.Keys.Where(IsStored).Order().ToArray())
                await RemoveAsync(shard, cancellationToken);
            _failed = false;
        }
        catch (Exception exception)
        {
            // The answers are in memory still, and the next round tries again. If the store stays away, storing a shard ends the run.
            if (!_failed)
                DispatchLog.NotKept(services.Log, exception, run.Manifest.Run);
            _failed = true;
        }

        _before = unsaved;
    }

    private bool IsUnsaved(ShardIndex shard) => run.Kept.CountOf(shard) != _written.GetValueOrDefault(shard);

    private bool IsStored(ShardIndex shard) => run.Ledger.StateOf(shard) == ShardState.Completed;

    private async Task WriteAsync(ShardIndex shard, CancellationToken cancellationToken)
    {
        // It may have been stored while others were written.
        int answers = run.Kept.CountOf(shard);
        if (answers == 0)
            return;
        byte[] lines = run.Kept.LinesOf(shard);
        _written.TryAdd(shard, 0);
        await services.Store.WritePartialAsync(run.Manifest.Run, shard, lines, cancellationToken);
        _written[shard] = answers;
    }

    private async Task RemoveAsync(ShardIndex shard, CancellationToken cancellationToken)
    {
        await services.Store.RemovePartialAsync(run.Manifest.Run, shard, cancellationToken);
        _written.Remove(shard);
    }
}
