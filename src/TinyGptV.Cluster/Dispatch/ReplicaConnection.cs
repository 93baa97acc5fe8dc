namespace TinyGptV.Cluster.Dispatch;

/// <summary>A replica on the silo that it was found on, as one run sees it.</summary>
/// <param name="replica">The name of the replica.</param>
/// <param name="silo">The silo.</param>
/// <param name="pauses">Which replicas are left alone for a while.</param>
/// <param name="stop">Ends the connection with the run.</param>
internal sealed class ReplicaConnection(string replica, SiloAddress silo, ReplicaPauses pauses, CancellationToken stop) : IDisposable
{
    private readonly CancellationTokenSource _gone = CancellationTokenSource.CreateLinkedTokenSource(stop);
    private bool _isLost;

    public string Replica { get; } = replica;

    public SiloAddress Silo { get; } = silo;

    /// <summary>Ends what waits for the replica, when its silo is gone or the run is stopped.</summary>
    public CancellationToken Gone => _gone.Token;

    /// <summary>False once a lease was lost: the replica gets no other one before it was asked for its model again.</summary>
    public bool IsUp => !_isLost && !_gone.IsCancellationRequested;

    /// <summary>The silo was declared dead. Most calls to it have failed by themselves; one that was on its way would not.</summary>
    public void DeclareGone() => _gone.Cancel();

    /// <summary>The replica failed and is left alone for a while. Two leases that are lost together are one failure.</summary>
    public void Fail()
    {
        if (Lose())
            pauses.Failed(Replica);
    }

    /// <summary>The replica takes no work now, which is no failure.</summary>
    public void TakeNoMore()
    {
        if (Lose())
            pauses.Unusable(Replica);
    }

    /// <summary>Puts the cause in the place of a call that was merely ended.</summary>
    public Exception Explain(Exception loss) =>
        _gone.IsCancellationRequested ? new SiloUnavailableException($"The silo {Silo} was declared dead.", loss) : loss;

    public void Dispose() => _gone.Dispose();

    /// <returns>True the first time.</returns>
    private bool Lose() => !_isLost && (_isLost = true);
}
