namespace TinyGptV.Cluster.Client;

/// <summary>For clients: recognises calls that failed because a silo was lost.</summary>
public static class SiloLoss
{
    /// <summary>Whether a call or stream failed because of a silo, so that a retry makes sense.</summary>
    /// <param name="exception">How it failed.</param>
    /// <returns>True for the exceptions that Orleans itself throws.</returns>
    // A stream is aborted when its grain moves, and also when a silo leaves that held the grain's directory entry.
    public static bool Explains(Exception exception) => exception is OrleansException or TimeoutException or EnumerationAbortedException;
}
