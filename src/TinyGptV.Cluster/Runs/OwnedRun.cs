using TinyGptV.Cluster.Configuration;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cluster.Runs;

/// <summary>
/// A run that this coordinator owns, renewed until it is disposed. If a renewal fails for too long, or another coordinator wrote itself over it, the
/// ownership is lost before any other coordinator may count it as run out.
/// </summary>
internal sealed class OwnedRun : IAsyncDisposable
{
    /// <summary>A stopping silo must not wait long for a store that does not answer; the ownership runs out by itself.</summary>
    private static readonly TimeSpan LongestRelease = TimeSpan.FromSeconds(5);

    private readonly IRunStore _store;
    private readonly RunId _run;
    private readonly EvaluationClusterOptions _options;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _end = new();
    private readonly CancellationTokenSource _abandon = new();
    private readonly Task _renewing;
    private RunOwnership _ownership;
    private string _version;
    private long _renewed;

    /// <param name="store">The store.</param>
    /// <param name="run">The run.</param>
    /// <param name="ownership">What was written.</param>
    /// <param name="version">Its version.</param>
    /// <param name="asked">When the write began.</param>
    /// <param name="options">How often to renew, and for how long a renewal may fail.</param>
    /// <param name="time">The clock.</param>
    public OwnedRun(IRunStore store, RunId run, RunOwnership ownership, string version, long asked, EvaluationClusterOptions options, TimeProvider time)
    {
        (_store, _run, _ownership, _version, _renewed, _options, _time) = (store, run, ownership, version, asked, options, time);
        _renewing = RenewAsync();
    }

    /// <summary>Cancelled when the run is not this coordinator's any more. What it has in flight is to be dropped.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Why it was lost; null if it was not.</summary>
    public string? Reason { get; private set; }

    /// <summary>True if the whole run was removed from its store.</summary>
    public bool IsRemoved { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        // A renewal under way is finished: of one that is broken off it is not known whether it was written.
        _abandon.CancelAfter(LongestRelease);
        await _renewing;
        if (!_lost.IsCancellationRequested)
            await ReleaseAsync();
        _abandon.Dispose();
        _end.Dispose();
        _lost.Dispose();
    }

    private async Task RenewAsync()
    {
        while (!_lost.IsCancellationRequested)
        {
            await Task.Delay(_options.OwnershipRenewal, _time, _end.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            if (_end.IsCancellationRequested)
                return;
            await RenewOnceAsync();
        }
    }

    private async Task RenewOnceAsync()
    {
        TimeSpan left = _options.OwnershipLifetime - _options.OwnershipMargin - _time.GetElapsedTime(_renewed);
        if (left <= TimeSpan.Zero)
        {
            await LoseAsync("its ownership could not be renewed in time");
            return;
        }

        using var patience = new CancellationTokenSource(left, _time);
        using var abandon = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _abandon.Token);
        try
        {
            while (!await TryRenewAsync(abandon.Token) && !_lost.IsCancellationRequested)
            {
                // Written by an earlier attempt whose answer was lost: once more, over that version.
            }
        }
        catch (Exception)
        {
            // The store fails, or does not answer in time; the next attempt sees whether there is time left.
        }
    }

    /// <returns>False if the run is lost, or another attempt can succeed.</returns>
    private async Task<bool> TryRenewAsync(CancellationToken cancellationToken)
    {
        long asked = _time.GetTimestamp();
        RunOwnership renewed = _ownership.Renew(_time.GetUtcNow());
        if (await _store.TryWriteVersionedAsync(_run, RunOwnership.File, _version, renewed.ToFile(), cancellationToken) is { } version)
        {
            (_ownership, _version, _renewed) = (renewed, version, asked);
            return true;
        }

        if (!await TryCatchUpAsync(cancellationToken))
            await LoseAsync(Reason ?? "its owner changed");
        return false;
    }

    /// <summary>Takes over the version of an own write whose answer was lost.</summary>
    /// <returns>False if what is stored is not this coordinator's.</returns>
    private async Task<bool> TryCatchUpAsync(CancellationToken cancellationToken)
    {
        if (await RunOwnership.ReadAsync(_store, _run, cancellationToken) is not { } read)
        {
            IsRemoved = await _store.ReadManifestAsync(_run, cancellationToken) is null;
            Reason = "its files were removed";
            return false;
        }

        Reason = $"the {read.Ownership.Owner.Place} took it";
        if (read.Ownership.Owner.Instance != _ownership.Owner.Instance || read.Ownership.Generation != _ownership.Generation)
            return false;
        (_ownership, _version, Reason) = (read.Ownership, read.Version, null);
        return true;
    }

    private Task LoseAsync(string reason)
    {
        Reason = reason;
        return _lost.CancelAsync();
    }

    private async Task ReleaseAsync()
    {
        using var patience = new CancellationTokenSource(LongestRelease, _time);
        try
        {
            do
            {
                byte[] released = _ownership.Release(_time.GetUtcNow()).ToFile();
                if (await _store.TryWriteVersionedAsync(_run, RunOwnership.File, _version, released, patience.Token) is not null)
                    return;
            }
            while (await TryCatchUpAsync(patience.Token));
        }
        catch (Exception)
        {
            // The store does not answer. The next owner waits until the ownership has run out.
        }
    }
}
