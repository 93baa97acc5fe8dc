using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Orleans.Connections.Security;
using TinyGptV.Evaluation;

namespace TinyGptV.Hosting.Membership;

/// <summary>
/// Mutual TLS between silos and clients: each side presents a certificate and accepts those signed by one authority. Names in certificates
/// are not checked, since pods have no stable ones. A certificate of the authority grants access to the cluster, so use the authority for
/// nothing else. Replaced files apply to new connections.
/// </summary>
internal sealed class ClusterCertificates
{
    private readonly CertificateFiles _files;
    private readonly Lock _reading = new();
    private volatile Reading _current;

    /// <exception cref="PrerequisiteException">A file is missing or invalid.</exception>
    public ClusterCertificates(CertificateFiles files)
    {
        _files = files;
        _current = Read();
    }

    public void Configure(ISiloBuilder silo) => silo.UseTls(Configure);

    public void Configure(IClientBuilder client) => client.UseTls(Configure);

    /// <summary>Whether a certificate is valid now and signed by the authority.</summary>
    public bool IsSignedByAuthority(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(Current().Authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck; // private authorities rarely publish revocation lists; replace the authority instead
        return chain.Build(certificate);
    }

    private void Configure(TlsOptions options)
    {
        options.LocalServerCertificateSelector = (_, _) => Current().Own;
        options.LocalClientCertificateSelector = (_, _, _, _, _) => Current().Own;
        options.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
        options.RemoteCertificateValidation = (certificate, _, _) => IsSignedByAuthority(certificate);
    }

    /// <summary>The current files, or the last valid ones while they are being replaced.</summary>
    private Reading Current()
    {
        if (Stamp() == _current.Stamp)
            return _current;
        lock (_reading)
        {
            try
            {
                if (Stamp() != _current.Stamp)
                    _current = Read();
            }
            catch (PrerequisiteException)
            {
                // Partly replaced, or missing for a moment: the next connection tries again.
            }
            return _current;
        }
    }

    private Reading Read()
    {
        (DateTime, DateTime, DateTime) stamp = Stamp();
        X509Certificate2 own = ReadFile("--tls-certificate", _files.Certificate, file => X509Certificate2.CreateFromPemFile(file, _files.Key));
        X509Certificate2Collection authorities = ReadFile("--tls-authority", _files.Authority, file =>
        {
            var read = new X509Certificate2Collection();
            read.ImportFromPemFile(file);
            return read;
        });
        return authorities.Count > 0
            ? new Reading(own, authorities, stamp)
            : throw Unusable("--tls-authority", _files.Authority, "it contains no certificate.");
    }

    private static T ReadFile<T>(string option, string file, Func<string, T> read)
    {
        try
        {
            return read(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw Unusable(option, file, exception.Message, exception);
        }
    }

    private static PrerequisiteException Unusable(string option, string file, string problem, Exception? cause = null) =>
        new($"Cannot use '{file}' of {option}, or its key: {problem} Expected PEM files: a certificate, its unencrypted private key, and the authority "
            + "that signed it.", cause);

    private (DateTime, DateTime, DateTime) Stamp() =>
        (File.GetLastWriteTimeUtc(_files.Certificate), File.GetLastWriteTimeUtc(_files.Key), File.GetLastWriteTimeUtc(_files.Authority));

    private sealed record Reading(X509Certificate2 Own, X509Certificate2Collection Authorities, (DateTime, DateTime, DateTime) Stamp);
}
