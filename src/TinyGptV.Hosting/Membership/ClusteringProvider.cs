namespace TinyGptV.Hosting.Membership;

/// <summary>How silos and clients of a cluster find each other.</summary>
public enum ClusteringProvider
{
    /// <summary>The first coordinator keeps the membership in memory: for development, one coordinator that never restarts.</summary>
    Localhost,

    /// <summary>Membership in a Redis hash.</summary>
    Redis,

    /// <summary>Membership in tables of a PostgreSQL database.</summary>
    Postgres,
}
