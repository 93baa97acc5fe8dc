namespace TinyGptV.Evaluation.Benchmarks;

/// <summary>The bounding box of an object, in pixels from the upper left corner.</summary>
/// <param name="X">The left edge.</param>
/// <param name="Y">The top edge.</param>
/// <param name="Width">The width; at least 0.</param>
/// <param name="Height">The height; at least 0.</param>
/// <param name="ImageWidth">The width of the whole image; at least 1.</param>
/// <param name="ImageHeight">The height of the whole image; at least 1.</param>
public sealed record ReferenceBox(double X, double Y, double Width, double Height, int ImageWidth, int ImageHeight);
