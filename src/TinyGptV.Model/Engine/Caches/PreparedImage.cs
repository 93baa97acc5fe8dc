namespace TinyGptV.Model.Engine.Caches;

/// <summary>The image of one request: its vectors, or the pixels from which they are made.</summary>
/// <param name="digest">Identifies the image file's bytes.</param>
/// <param name="pixels">Decoded, resized and normalised: channel by channel, row by row, 3 * S * S values. None if the vectors are at hand.</param>
internal sealed class PreparedImage(string digest, float[] pixels) : IDisposable
{
    /// <summary>Identifies the image file's bytes.</summary>
    public string Digest { get; } = digest;

    /// <summary>Channel by channel, row by row.</summary>
    public float[] Pixels { get; } = pixels;

    /// <summary>The image's vectors, held for this request; null as long as they are not known.</summary>
    public HeldVectors? Held { get; set; }

    public void Dispose() => Held?.Dispose();
}
