namespace TinyGptV.Cluster.Client;

/// <summary>For clients: what is told by a call whose silo was lost on the way.</summary>
public static class SiloLoss
{
    /// <summary>Whether a call or a stream ended because of a silo, so that it is worth asking again.</summary>
    /// <param name="exception">How it ended.</param>
    /// <returns>True for whatever the framework throws by itself.</returns>
    // A stream is aborted when its grain was moved: also when a silo left that merely kept its entry in the grain directory.
    public static bool Explains(Exception exception) => exception is OrleansException or TimeoutException or EnumerationAbortedException;
}
