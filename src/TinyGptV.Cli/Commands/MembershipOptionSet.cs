using System.CommandLine;
using TinyGptV.Evaluation;
using TinyGptV.Hosting.Membership;

namespace TinyGptV.Cli.Commands;

/// <summary>The options that say which cluster a silo or client belongs to, how it finds the others and how it knows them.</summary>
internal sealed class MembershipOptionSet
{
    private readonly Option<string> _clustering = RunOptions.Choice<ClusteringProvider>(
        "--clustering", "How silos and clients find each other: localhost for development with one coordinator, redis or postgres for a cluster.", ClusteringProvider.Localhost);

    private readonly Option<string?> _connection = new("--membership")
    {
        Description = "The connection to Redis (HOST:PORT,password=...) or PostgreSQL (Host=...;Password=...). It may hold a password: better given as an environment variable.",
        HelpName = "CONNECTION",
    };

    private readonly Option<string> _cluster = new("--cluster-id")
    {
        Description = "The cluster's name; silos and clients of other names are not seen.",
        HelpName = "NAME",
        DefaultValueFactory = _ => MembershipOptions.DefaultCluster,
    };

    private readonly Option<string?> _certificate = new("--tls-certificate") { Description = "Encrypt, and show this certificate to the others (PEM). Needs the next two options too.", HelpName = "FILE" };
    private readonly Option<string?> _key = new("--tls-key") { Description = "The private key to the certificate (PEM, not encrypted).", HelpName = "FILE" };
    private readonly Option<string?> _authority = new("--tls-authority") { Description = "Talk only to those whose certificate this authority has signed (PEM).", HelpName = "FILE" };

    public IEnumerable<Option> All => [_clustering, _connection, _cluster, _certificate, _key, _authority];

    /// <exception cref="PrerequisiteException">Options that belong together are not all there.</exception>
    public MembershipOptions Bind(ParseResult result)
    {
        var provider = result.GetChoice<ClusteringProvider>(_clustering);
        string? connection = result.GetValue(_connection);
        if (provider != ClusteringProvider.Localhost && connection is null)
            throw new PrerequisiteException(
                $"--clustering {provider.ToString().ToLowerInvariant()} needs the connection to its store. Give it with {_connection.Name} or in the environment variable {EnvironmentVariables.NameOf(_connection)}.");
        if (provider == ClusteringProvider.Localhost && connection is not null)
            throw new PrerequisiteException($"{_connection.Name} is given, but {_clustering.Name} is localhost. Give --clustering redis or postgres too, or leave the connection out.");
        return new MembershipOptions
        {
            Provider = provider,
            Connection = new SecretText(connection ?? ""),
            Cluster = result.GetRequiredValue(_cluster),
            Certificates = BindCertificates(result),
        };
    }

    /// <summary>Where a client enters: at gateways that are named, or where the membership store says.</summary>
    public ClusterEntrance BindEntrance(ParseResult result, Option<string?> cluster, Option<int> wait)
    {
        var entrance = new ClusterEntrance
        {
            Gateways = result.GetValue(cluster) is { } gateways ? ClusterAddress.ParseList(gateways) : [],
            Membership = Bind(result),
            Wait = TimeSpan.FromSeconds(result.GetValue(wait)),
        };
        return entrance is not { Gateways.IsEmpty: false, Membership.Provider: not ClusteringProvider.Localhost } ? entrance : throw new PrerequisiteException(
            $"{cluster.Name} names gateways, {_clustering.Name} a store that lists them. Give one of the two.");
    }

    private CertificateFiles? BindCertificates(ParseResult result) =>
        (result.GetValue(_certificate), result.GetValue(_key), result.GetValue(_authority)) switch
        {
            (null, null, null) => null,
            ({ } certificate, { } key, { } authority) => new CertificateFiles(certificate, key, authority),
            _ => throw new PrerequisiteException($"{_certificate.Name}, {_key.Name} and {_authority.Name} belong together. Give all three, or none for connections that are not encrypted."),
        };
}
