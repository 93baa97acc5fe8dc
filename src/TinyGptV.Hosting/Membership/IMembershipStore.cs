using TinyGptV.Evaluation;

namespace TinyGptV.Hosting.Membership;

/// <summary>
/// The place where the silos of a cluster write that they live, and where clients read which gateways there are. One implementation
/// for each <see cref="ClusteringProvider"/> that has such a place.
/// </summary>
internal interface IMembershipStore : IAsyncDisposable
{
    /// <summary>Where it is, for people; holds no secret.</summary>
    string Place { get; }

    /// <summary>Tries once to reach the store and makes what it needs there, if that is missing.</summary>
    /// <returns>Why it cannot be reached now; null if it was reached.</returns>
    /// <exception cref="PrerequisiteException">It answers and refuses: waiting would not help.</exception>
    Task<string?> TryPrepareAsync(CancellationToken cancellationToken);

    /// <summary>Makes a silo a member through this store.</summary>
    void Configure(ISiloBuilder silo);

    /// <summary>Lets a client find gateways through this store.</summary>
    void Configure(IClientBuilder client);
}
