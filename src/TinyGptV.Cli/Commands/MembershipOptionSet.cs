using System.CommandLine;
using TinyGptV.Evaluation;
using TinyGptV.Hosting.Membership;

namespace TinyGptV.Cli.Commands;

/// <summary>The options for the cluster of a silo or client: how members find and authenticate each other.</summary>
internal sealed class MembershipOptionSet
{
    private readonly Option<string> _clustering = CommandOptions.Choice<ClusteringProvider>(
        "--clustering",
        "How silos and clients find each other: localhost for development with one coordinator, redis or postgres for a cluster.",
        ClusteringProvider.Localhost);

    private readonly Option<string?> _connection = new("--membership")
    {
        Description = "The connection string for Redis (HOST:PORT,password=...) or PostgreSQL (Host=...;Password=...). "
            + "Use the environment variable if it contains a password.",
        HelpName = "CONNECTION",
    };

    private readonly Option<string> _cluster = new("--cluster-id")
    {
        Description = "The name of the cluster; silos and clients only see members of the same cluster.",
        HelpName = "NAME",
        DefaultValueFactory = _ => MembershipOptions.DefaultCluster,
    };

    private readonly Option<string?> _certificate = new("--tls-certificate")
    {
        Description = "Use mutual TLS with this certificate (PEM). Requires --tls-key and --tls-authority.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _key = new("--tls-key") { Description = "The private key of the certificate (PEM, unencrypted).", HelpName = "FILE" };

    private readonly Option<string?> _authority = new("--tls-authority")
    {
        Description = "The certificate authority (PEM); only peers with a certificate signed by it are accepted.",
        HelpName = "FILE",
    };

    public IEnumerable<Option> All => [_clustering, _connection, _cluster, _certificate, _key, _authority];

    /// <exception cref="PrerequisiteException">An option is missing that another one requires.</exception>
    public MembershipOptions Bind(ParseResult result)
    {
        var provider = result.GetChoice<ClusteringProvider>(_clustering);
        string? connection = result.GetValue(_connection);
        if (provider != ClusteringProvider.Localhost && connection is null)
            throw new PrerequisiteException(
                $"--clustering {provider.ToString().ToLowerInvariant()} needs a connection string. "
                + $"Set {_connection.Name} or the environment variable {EnvironmentVariables.NameOf(_connection)}.");
        if (provider == ClusteringProvider.Localhost && connection is not null)
            throw new PrerequisiteException(
                $"{_connection.Name} is set, but {_clustering.Name} is localhost. Add --clustering redis or postgres, or omit {_connection.Name}.");
        return new MembershipOptions
        {
            Provider = provider,
            Connection = new SecretText(connection ?? ""),
            Cluster = result.GetRequiredValue(_cluster),
            Certificates = BindCertificates(result),
        };
    }

    /// <summary>How a client connects: to the given gateways, or to those in the membership store.</summary>
    public ClusterEntrance BindEntrance(ParseResult result, Option<string?> cluster, Option<int> wait)
    {
        var entrance = new ClusterEntrance
        {
            Gateways = result.GetValue(cluster) is { } gateways ? ClusterAddress.ParseList(gateways) : [],
            Membership = Bind(result),
            Wait = TimeSpan.FromSeconds(result.GetValue(wait)),
        };
        return entrance is not { Gateways.IsEmpty: false, Membership.Provider: not ClusteringProvider.Localhost } ? entrance : throw new PrerequisiteException(
            $"{cluster.Name} names gateways; {_clustering.Name} names a store that lists them. Use only one of the two.");
    }

    private CertificateFiles? BindCertificates(ParseResult result) =>
        (result.GetValue(_certificate), result.GetValue(_key), result.GetValue(_authority)) switch
        {
            (null, null, null) => null,
            ({ } certificate, { } key, { } authority) => new CertificateFiles(certificate, key, authority),
            _ => throw new PrerequisiteException(
                $"{_certificate.Name}, {_key.Name} and {_authority.Name} belong together. Set all three, or none for unencrypted connections."),
        };
}
