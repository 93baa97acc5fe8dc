using TinyGptV.Evaluation.Models;

namespace TinyGptV.Cli.Display;

/// <summary>Text for models.</summary>
internal static class ModelIdentityExtensions
{
    private const int ShortLength = 12;

    /// <summary>The first digits of the digest, enough to tell models apart.</summary>
    public static string ShortDigest(this ModelIdentity identity) => identity.Digest[..Math.Min(ShortLength, identity.Digest.Length)];

    /// <summary>Name and short digest.</summary>
    public static string Describe(this ModelIdentity identity) => $"{identity.Name} ({identity.ShortDigest()})";
}
