namespace TinyGptV.Cluster.Contracts;

/// <summary>
/// The replica cannot take this work: it is draining, is loading a model, has none, or has a different one. No replica was lost, and no
/// sample is suspected.
/// </summary>
/// <param name="message">Which replica, and why.</param>
[GenerateSerializer, Immutable, Alias("tinygptv.replica-draining")]
public sealed class ReplicaUnavailableException(string message) : OrleansException(message);
