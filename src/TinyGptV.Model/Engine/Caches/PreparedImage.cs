namespace TinyGptV.Model.Engine.Caches;

/// <summary>An image decoded, resized and normalised.</summary>
/// <param name="Digest">Digest of the image file's bytes.</param>
/// <param name="Pixels">Channel by channel, row by row: 3 * S * S values.</param>
internal sealed record PreparedImage(string Digest, float[] Pixels);
