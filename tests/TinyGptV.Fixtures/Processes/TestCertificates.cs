using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TinyGptV.Fixtures.Processes;

/// <summary>An authority and a certificate it signed, for one test.</summary>
internal static class TestCertificates
{
    /// <summary>Writes an authority, a certificate that it signed, and the certificate's key; returns the options for the three files.</summary>
    public static string[] Write(TemporaryFolder folder, string name)
    {
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest($"CN={name} authority", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        using X509Certificate2 authority = authorityRequest.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = request.Create(
            authority, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddHours(20), RandomNumberGenerator.GetBytes(8));

        return
        [
            "--tls-certificate", folder.Write($"{name}/tls.crt", certificate.ExportCertificatePem()),
            "--tls-key", folder.Write($"{name}/tls.key", key.ExportPkcs8PrivateKeyPem()),
            "--tls-authority", folder.Write($"{name}/ca.crt", authority.ExportCertificatePem()),
        ];
    }
}
