using System.Globalization;

namespace TinyGptV.Evaluation.Benchmarks.Formats;

/// <summary>Creates samples of RefCOCO, RefCOCO+ and RefCOCOg, from either layout.</summary>
internal static class RefCocoSamples
{
    public static Sample Create(SampleId id, ImageReference image, string expression, ReferenceBox box) => new()
    {
        Id = id,
        Image = image,
        Question = expression,
        Target = AsTheModelWritesIt(box),
        Box = box,
        Slices = [new Slice("box", SizeOf(box))],
    };

    /// <summary>Percent of the image's sides, truncated, as in the original training data.</summary>
    private static string AsTheModelWritesIt(ReferenceBox box)
    {
        static int Percent(double pixels, int of) => (int)(pixels / of * 100);
        (int left, int top) = (Percent(box.X, box.ImageWidth), Percent(box.Y, box.ImageHeight));
        (int right, int bottom) = (Percent(box.X + box.Width, box.ImageWidth), Percent(box.Y + box.Height, box.ImageHeight));
        return string.Create(CultureInfo.InvariantCulture, $"{{<{left}><{top}><{right}><{bottom}>}}");
    }

    /// <summary>COCO's three object sizes.</summary>
    private static string SizeOf(ReferenceBox box) => (box.Width * box.Height) switch
    {
        < 32 * 32 => "small, below 32 x 32",
        < 96 * 96 => "medium",
        _ => "large, from 96 x 96",
    };
}
