using TinyGptV.Evaluation.Models;

namespace TinyGptV.Cli.Display;

/// <summary>How models are shown to people.</summary>
internal static class ModelIdentityExtensions
{
    private const int ShortLength = 12;

    /// <summary>As much of the digest as tells models apart at a glance.</summary>
    public static string ShortDigest(this ModelIdentity identity) => identity.Digest[..Math.Min(ShortLength, identity.Digest.Length)];

    /// <summary>Name and short digest.</summary>
    public static string Describe(this ModelIdentity identity) => $"{identity.Name} ({identity.ShortDigest()})";
}
