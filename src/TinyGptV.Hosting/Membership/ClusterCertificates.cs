using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Orleans.Connections.Security;
using TinyGptV.Evaluation;

namespace TinyGptV.Hosting.Membership;

/// <summary>
/// Mutual TLS between silos and clients: each side shows a certificate and accepts those that one authority has signed. Names in
/// certificates are not compared, for pods have no lasting ones: whoever the authority signs for belongs to the cluster, so the
/// authority should sign for nothing else. Files that were replaced are used for the connections that are opened afterwards.
/// </summary>
internal sealed class ClusterCertificates
{
    private readonly CertificateFiles _files;
    private readonly Lock _reading = new();
    private volatile Reading _current;

    /// <exception cref="PrerequisiteException">A file is missing or cannot be used.</exception>
    public ClusterCertificates(CertificateFiles files)
    {
        _files = files;
        _current = Read();
    }

    public void Configure(ISiloBuilder silo) => silo.UseTls(Configure);

    public void Configure(IClientBuilder client) => client.UseTls(Configure);

    /// <summary>Whether the authority has signed a certificate that is valid now.</summary>
    public bool IsSignedByAuthority(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(Current().Authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck; // private authorities rarely publish lists; replace the authority instead
        return chain.Build(certificate);
    }

    private void Configure(TlsOptions options)
    {
        options.LocalServerCertificateSelector = (_, _) => Current().Own;
        options.LocalClientCertificateSelector = (_, _, _, _, _) => Current().Own;
        options.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
        options.RemoteCertificateValidation = (certificate, _, _) => IsSignedByAuthority(certificate);
    }

    /// <summary>The files as they are; the last ones that could be used while they are being replaced.</summary>
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
                // Half replaced, or gone for a moment: the next connection looks again.
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
        return authorities.Count > 0 ? new Reading(own, authorities, stamp) : throw Unusable("--tls-authority", _files.Authority, "there is no certificate in it");
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
        new($"The file '{file}' of {option} (or the key to it) cannot be used: {problem} Expected PEM files: a certificate, its unencrypted private key, and the authority that signed it.", cause);

    private (DateTime, DateTime, DateTime) Stamp() =>
        (File.GetLastWriteTimeUtc(_files.Certificate), File.GetLastWriteTimeUtc(_files.Key), File.GetLastWriteTimeUtc(_files.Authority));

    private sealed record Reading(X509Certificate2 Own, X509Certificate2Collection Authorities, (DateTime, DateTime, DateTime) Stamp);
}
