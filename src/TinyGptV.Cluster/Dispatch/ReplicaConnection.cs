namespace TinyGptV.Cluster.Dispatch;

/// <summary>A replica on its silo, as seen by one run.</summary>
/// <param name="replica">The name of the replica.</param>
/// <param name="silo">The silo.</param>
/// <param name="pauses">Which replicas are paused.</param>
/// <param name="stop">Ends the connection with the run.</param>
internal sealed class ReplicaConnection(string replica, SiloAddress silo, ReplicaPauses pauses, CancellationToken stop) : IDisposable
{
    private readonly CancellationTokenSource _gone = CancellationTokenSource.CreateLinkedTokenSource(stop);
    private bool _isLost;

    public string Replica { get; } = replica;

    public SiloAddress Silo { get; } = silo;

    /// <summary>The silo without its start number: a silo that was restarted reads from the same storage.</summary>
    public string SiloName { get; } = silo.Endpoint.ToString();

    /// <summary>Cancelled when the replica's silo is dead or the run is stopped.</summary>
    public CancellationToken Gone => _gone.Token;

    /// <summary>False once a lease was lost: the replica gets no more from this connection.</summary>
    public bool IsUp => !_isLost && !_gone.IsCancellationRequested;

    /// <summary>The silo was declared dead. Cancels the calls to it: one that was under way would never return.</summary>
    public void DeclareGone() => _gone.Cancel();

    /// <summary>The replica failed and is paused. Two leases lost together count as one failure.</summary>
    public void Fail()
    {
        if (Lose())
            pauses.Failed(Replica);
    }

    /// <summary>The replica takes no work now; this is not a failure.</summary>
    public void TakeNoMore()
    {
        if (Lose())
            pauses.Unusable(Replica);
    }

    /// <summary>The replica may be unable to read what the run needs: the next connection, at once, checks that.</summary>
    public void CheckAgain() => Lose();

    /// <summary>Replaces a mere cancellation by its cause.</summary>
    public Exception Explain(Exception loss) =>
        _gone.IsCancellationRequested ? new SiloUnavailableException($"The silo {Silo} was declared dead.", loss) : loss;

    public void Dispose() => _gone.Dispose();

    /// <returns>True the first time.</returns>
    private bool Lose() => !_isLost && (_isLost = true);
}
