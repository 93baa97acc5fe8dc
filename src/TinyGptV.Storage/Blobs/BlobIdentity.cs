using System.Text;
using TinyGptV.Evaluation;
using TinyGptV.Storage.Locations;
using TinyGptV.Storage.Resilience;

namespace TinyGptV.Storage.Blobs;

/// <summary>The token that identifies a container or prefix, whatever address leads to it.</summary>
internal static class BlobIdentity
{
    /// <summary>Reads the token.</summary>
    /// <returns>Null if there is none.</returns>
    public static async Task<string?> FindAsync(BlobFolder blobs, CancellationToken cancellationToken)
    {
        BlobReading reading = await blobs.ReadAsync(RunLayout.Identity, default, cancellationToken);
        return reading.Status == BlobStatus.Read ? Encoding.UTF8.GetString(reading.Bytes.Span).Trim() : null;
    }

    /// <summary>Writes a token; of several processes that do so at once, one succeeds and all read the same.</summary>
    /// <exception cref="PrerequisiteException">The blob cannot be written.</exception>
    public static async Task<string> MakeAsync(BlobFolder blobs, CancellationToken cancellationToken)
    {
        await blobs.TryCreateAsync(RunLayout.Identity, RunLayout.NewIdentity(), cancellationToken);
        return await FindAsync(blobs, cancellationToken) ?? throw new PrerequisiteException(
            $"'{blobs.LocationOf(RunLayout.Identity)}' was removed as soon as it was written. Do not modify it, and try again.");
    }
}
