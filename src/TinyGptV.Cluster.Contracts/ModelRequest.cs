namespace TinyGptV.Cluster.Contracts;

/// <summary>Asks a replica to load another checkpoint.</summary>
/// <param name="Id">The request's unique id. Sending it twice is one request.</param>
/// <param name="Location">A folder, or the URI of a prefix in a Blob container, as seen by the replica's silo. May hold a signature, which is secret.</param>
[GenerateSerializer, Immutable, Alias("tinygptv.model-request")]
public sealed record ModelRequest([property: Id(0)] Guid Id, [property: Id(1)] string Location)
{
    /// <summary>The request's id only, since the location may be secret.</summary>
    /// <returns>The id.</returns>
    public override string ToString() => $"model request {Id}";
}

/// <summary>The immediate answer to a load request.</summary>
public enum ModelRequestStatus
{
    /// <summary>The replica is loading it, or did so for this request before; <see cref="ReplicaStatus"/> reports the outcome.</summary>
    Begun,

    /// <summary>The replica already has it; nothing is loaded.</summary>
    Unchanged,

    /// <summary>Not loaded; the replica goes on as before.</summary>
    Refused,
}

/// <summary>A replica's answer to a load request.</summary>
/// <param name="Replica">The replica's name.</param>
/// <param name="Status">The answer.</param>
/// <param name="Problem">Why it was refused and what to do; null if it was not.</param>
[GenerateSerializer, Immutable, Alias("tinygptv.model-answer")]
public sealed record ModelAnswer(
    [property: Id(0)] string Replica,
    [property: Id(1)] ModelRequestStatus Status,
    [property: Id(2)] string? Problem);
