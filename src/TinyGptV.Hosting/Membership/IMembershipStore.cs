using TinyGptV.Evaluation;

namespace TinyGptV.Hosting.Membership;

/// <summary>
/// The store in which silos register and clients find gateways. One implementation for each <see cref="ClusteringProvider"/> with a store.
/// </summary>
internal interface IMembershipStore : IAsyncDisposable
{
    /// <summary>Its address for messages; contains no secret.</summary>
    string Place { get; }

    /// <summary>Tries once to connect, and creates the schema if it is missing.</summary>
    /// <returns>Why it cannot be reached now; null on success.</returns>
    /// <exception cref="PrerequisiteException">The store refuses access; waiting would not help.</exception>
    Task<string?> TryPrepareAsync(CancellationToken cancellationToken);

    /// <summary>Looks for the row of a silo.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="silo">The silo.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    /// <returns>False if there is no such row, also if nothing at all is there.</returns>
    /// <exception cref="Exception">The store does not answer.</exception>
    Task<bool> ListsAsync(string cluster, SiloAddress silo, CancellationToken cancellationToken);

    /// <summary>Lets a silo join through this store.</summary>
    void Configure(ISiloBuilder silo);

    /// <summary>Lets a client find gateways through this store.</summary>
    void Configure(IClientBuilder client);
}
