using Azure;

namespace TinyGptV.Storage.Resilience;

/// <summary>What a read of a whole blob found.</summary>
/// <param name="Status">Whether it is there and changed.</param>
/// <param name="Bytes">Its content; empty unless <see cref="BlobStatus.Read"/>.</param>
/// <param name="Version">The version that was read.</param>
internal sealed record BlobReading(BlobStatus Status, ReadOnlyMemory<byte> Bytes = default, ETag Version = default);

/// <summary>How a read ended.</summary>
internal enum BlobStatus
{
    /// <summary>There is no such blob, or no such container.</summary>
    Absent,

    /// <summary>It is still the version that the reader has.</summary>
    Unchanged,

    /// <summary>It was read.</summary>
    Read,
}

/// <summary>A blob in a listing.</summary>
/// <param name="Name">Its name below the folder, with slashes.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Version">Its version.</param>
/// <param name="Md5">The MD5 that was stored with it, if one was.</param>
internal sealed record ListedBlob(string Name, long Bytes, ETag Version, byte[]? Md5);
