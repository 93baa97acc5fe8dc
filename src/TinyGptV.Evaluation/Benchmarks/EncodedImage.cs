using System.Security.Cryptography;

namespace TinyGptV.Evaluation.Benchmarks;

/// <summary>The undecoded bytes of an image file, with a digest that models can use as a cache key.</summary>
/// <param name="bytes">The whole file: JPEG, PNG or WebP.</param>
public sealed class EncodedImage(ReadOnlyMemory<byte> bytes)
{
    private readonly Lazy<string> _digest = new(() => Convert.ToHexStringLower(SHA256.HashData(bytes.Span)));

    /// <summary>The whole file.</summary>
    public ReadOnlyMemory<byte> Bytes { get; } = bytes;

    /// <summary>SHA-256 of the bytes in lower-case hexadecimal.</summary>
    public string Digest => _digest.Value;
}
