namespace TinyGptV.Hosting.Membership;

/// <summary>Which cluster a silo or client belongs to, how it finds the other members, and how they authenticate.</summary>
public sealed record MembershipOptions
{
    public const string DefaultCluster = "tinygptv";

    /// <summary>Silos and clients with different names never meet, even in one store. Default: <see cref="DefaultCluster"/>.</summary>
    public string Cluster { get; init; } = DefaultCluster;

    public ClusteringProvider Provider { get; init; }

    /// <summary>The connection string of the store, if there is one; may hold a password.</summary>
    public SecretText Connection { get; init; }

    /// <summary>The certificates for mutual TLS; null for no authentication and no encryption.</summary>
    public CertificateFiles? Certificates { get; init; }
}

/// <summary>The files for mutual TLS, all PEM.</summary>
/// <param name="Certificate">This process's certificate, with intermediates if any.</param>
/// <param name="Key">Its private key, not encrypted.</param>
/// <param name="Authority">The authority that must have signed the other side's certificate.</param>
public sealed record CertificateFiles(string Certificate, string Key, string Authority);
