namespace TinyGptV.Cluster.Contracts;

/// <summary>
/// A replica finishes what it has and takes nothing more: it was told to stop, or to load another model. No replica was lost, and nobody is to blame.
/// </summary>
/// <param name="message">Which replica, and why.</param>
[GenerateSerializer, Immutable, Alias("tinygptv.replica-draining")]
public sealed class ReplicaDrainingException(string message) : OrleansException(message);
