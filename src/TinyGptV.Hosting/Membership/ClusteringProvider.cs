namespace TinyGptV.Hosting.Membership;

/// <summary>How silos and clients of a cluster find each other.</summary>
public enum ClusteringProvider
{
    /// <summary>The first coordinator keeps the list of members in its memory: for development, one coordinator, no restart.</summary>
    Localhost,

    /// <summary>Members write themselves into a Redis hash.</summary>
    Redis,

    /// <summary>Members write themselves into tables of a PostgreSQL database.</summary>
    Postgres,
}
