namespace TinyGptV.Cluster.Contracts;

/// <summary>A replica was told to stop: it finishes what it has and takes nothing more. No replica was lost, and nobody is to blame.</summary>
/// <param name="message">Which replica.</param>
[GenerateSerializer, Immutable, Alias("tinygptv.replica-draining")]
public sealed class ReplicaDrainingException(string message) : OrleansException(message);
