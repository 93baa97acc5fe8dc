using System.Security.Cryptography.X509Certificates;
using TinyGptV.Evaluation;
using TinyGptV.Hosting.Membership;

namespace TinyGptV.Hosting.Tests.Membership;

public sealed class ClusterCertificatesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void IsSignedByAuthority_rejects_foreign_and_self_signed_certificates()
    {
        CertificateFiles own = Write("own"), strange = Write("strange");
        var certificates = new ClusterCertificates(own);

        Assert.True(certificates.IsSignedByAuthority(X509CertificateLoader.LoadCertificateFromFile(own.Certificate)));
        Assert.False(certificates.IsSignedByAuthority(X509CertificateLoader.LoadCertificateFromFile(strange.Certificate)));
        Assert.False(certificates.IsSignedByAuthority(X509CertificateLoader.LoadCertificateFromFile(strange.Authority)));
    }

    [Fact]
    public void Replaced_authority_applies_at_once_and_a_broken_file_changes_nothing()
    {
        CertificateFiles own = Write("own"), next = Write("next");
        var certificates = new ClusterCertificates(own);
        X509Certificate2 signedByNext = X509CertificateLoader.LoadCertificateFromFile(next.Certificate);
        Assert.False(certificates.IsSignedByAuthority(signedByNext));

        Replace(own.Authority, "half a fi", days: 1);
        Assert.True(certificates.IsSignedByAuthority(X509CertificateLoader.LoadCertificateFromFile(own.Certificate)));

        Replace(own.Authority, File.ReadAllText(next.Authority), days: 2);
        Assert.True(certificates.IsSignedByAuthority(signedByNext));
    }

    [Fact]
    public void File_without_a_certificate_is_named()
    {
        CertificateFiles files = Write("own") with { Authority = _folder.Write("empty.crt", "") };

        string message = Assert.Throws<PrerequisiteException>(() => new ClusterCertificates(files)).Message;

        Assert.Contains("empty.crt' of --tls-authority", message, StringComparison.Ordinal);
    }

    private CertificateFiles Write(string name)
    {
        string[] options = TestCertificates.Write(_folder, name);
        return new CertificateFiles(options[1], options[3], options[5]);
    }

    // A replacement is detected by its write time; two writes in one test could have the same.
    private static void Replace(string file, string content, int days)
    {
        File.WriteAllText(file, content);
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(days));
    }
}
