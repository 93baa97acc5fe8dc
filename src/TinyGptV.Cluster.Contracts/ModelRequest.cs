namespace TinyGptV.Cluster.Contracts;

/// <summary>Asks a replica to have another checkpoint.</summary>
/// <param name="Id">Names the request, different from all others: the same one sent twice is one request.</param>
/// <param name="Location">A folder, or the URI of a prefix of a Blob container, as the replica's silo sees it. May hold a signature, which is a secret.</param>
[GenerateSerializer, Immutable, Alias("tinygptv.model-request")]
public sealed record ModelRequest([property: Id(0)] Guid Id, [property: Id(1)] string Location)
{
    /// <summary>The request's name, nothing that could be secret.</summary>
    /// <returns>The name.</returns>
    public override string ToString() => $"model request {Id}";
}

/// <summary>What became of a request for another checkpoint at first.</summary>
public enum ModelRequestStatus
{
    /// <summary>The replica loads it, or has begun with this request before; <see cref="ReplicaStatus"/> tells what becomes of it.</summary>
    Begun,

    /// <summary>The replica has it already; nothing is loaded.</summary>
    Unchanged,

    /// <summary>It is not loaded; the replica goes on as it was.</summary>
    Refused,
}

/// <summary>The answer of a replica to a request for another checkpoint.</summary>
/// <param name="Replica">The replica's name.</param>
/// <param name="Status">What became of the request at first.</param>
/// <param name="Problem">If it was refused: what was expected, what was found, what to do; else null.</param>
[GenerateSerializer, Immutable, Alias("tinygptv.model-answer")]
public sealed record ModelAnswer(
    [property: Id(0)] string Replica,
    [property: Id(1)] ModelRequestStatus Status,
    [property: Id(2)] string? Problem);
