namespace TinyGptV.Cluster.Dispatch;

/// <summary>A replica on the silo it was found on, while its loop lasts.</summary>
internal sealed class ReplicaSeat(string replica, SiloAddress silo, CancellationToken stop) : IDisposable
{
    private readonly CancellationTokenSource _gone = CancellationTokenSource.CreateLinkedTokenSource(stop);

    public string Replica { get; } = replica;

    public SiloAddress Silo { get; } = silo;

    /// <summary>True when a shard came back: the replica gets no other one before it was asked anew who it is.</summary>
    public bool IsLost { get; private set; }

    /// <summary>Ends what waits for the replica, when its silo is gone or the run is stopped.</summary>
    public CancellationToken Gone => _gone.Token;

    /// <returns>True the first time: two shards that are lost together are one loss of the replica.</returns>
    public bool Lose() => !IsLost && (IsLost = true);

    /// <summary>The silo was declared dead. Most calls to it have failed by themselves; one that was on its way would not.</summary>
    public void DeclareGone() => _gone.Cancel();

    /// <summary>Puts the cause in the place of a call that was merely ended.</summary>
    public Exception Explain(Exception loss) =>
        _gone.IsCancellationRequested ? new SiloUnavailableException($"The silo {Silo} was declared dead.", loss) : loss;

    public void Dispose() => _gone.Dispose();
}
