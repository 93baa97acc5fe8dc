namespace TinyGptV.Cluster.Placement;

/// <summary>A store that a silo uses.</summary>
/// <param name="Token">Identifies the store, wherever it is mounted: a token written into it.</param>
/// <param name="Place">How this silo calls it, for messages, without secrets.</param>
public sealed record StorePlace(string Token, string Place);
