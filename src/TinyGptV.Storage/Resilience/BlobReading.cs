using Azure;

namespace TinyGptV.Storage.Resilience;

/// <summary>The result of reading a whole blob.</summary>
/// <param name="Status">Whether it was absent, unchanged or read.</param>
/// <param name="Bytes">The content; empty unless <see cref="BlobStatus.Read"/>.</param>
/// <param name="Version">The version read.</param>
internal sealed record BlobReading(BlobStatus Status, ReadOnlyMemory<byte> Bytes = default, ETag Version = default);

/// <summary>The outcome of a read.</summary>
internal enum BlobStatus
{
    /// <summary>The blob or the container does not exist.</summary>
    Absent,

    /// <summary>The blob still has the version that the caller knows.</summary>
    Unchanged,

    /// <summary>The blob was read.</summary>
    Read,
}

/// <summary>A blob in a listing.</summary>
/// <param name="Name">Its name in the folder, with slashes.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Version">Its version.</param>
/// <param name="Md5">The MD5 stored with it, if any.</param>
internal sealed record ListedBlob(string Name, long Bytes, ETag Version, byte[]? Md5);
