namespace TinyGptV.Hosting.Membership;

/// <summary>Which cluster a silo or client belongs to, how it finds the others, and how it knows them.</summary>
public sealed record MembershipOptions
{
    public const string DefaultCluster = "tinygptv";

    /// <summary>Silos and clients with different names never meet, even in one store. Default: <see cref="DefaultCluster"/>.</summary>
    public string Cluster { get; init; } = DefaultCluster;

    public ClusteringProvider Provider { get; init; }

    /// <summary>How to reach the store of a provider that has one; it may hold a password.</summary>
    public SecretText Connection { get; init; }

    /// <summary>The certificates with which silos and clients know each other; null for connections that anyone can open and read.</summary>
    public CertificateFiles? Certificates { get; init; }
}

/// <summary>The files of mutual TLS, all PEM.</summary>
/// <param name="Certificate">What this process shows the others, with intermediates if there are any.</param>
/// <param name="Key">The private key to it, not encrypted.</param>
/// <param name="Authority">Who must have signed what the others show.</param>
public sealed record CertificateFiles(string Certificate, string Key, string Authority);
