namespace TinyGptV.Cluster.Placement;

/// <summary>Whether this silo uses the same stores as its cluster.</summary>
public sealed class SiloAgreement
{
    private readonly TaskCompletionSource _compared = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> _refused = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when every live silo's facts were compared for the first time.</summary>
    public Task WhenCompared => _compared.Task;

    /// <summary>Ends with the reason when this silo has to leave the cluster.</summary>
    public Task<string> WhenRefused => _refused.Task;

    internal void Compared() => _compared.TrySetResult();

    internal void Refuse(string reason) => _refused.TrySetResult(reason);
}
