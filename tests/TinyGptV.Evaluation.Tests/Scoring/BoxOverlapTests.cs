using System.Collections.Immutable;
using CsCheck;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Scoring;

namespace TinyGptV.Evaluation.Tests.Scoring;

public sealed class BoxOverlapTests
{
    private static readonly Gen<(int Left, int Top, int Width, int Height)> Box = Gen.Select(Gen.Int[0, 60], Gen.Int[0, 60], Gen.Int[1, 39], Gen.Int[1, 39]);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Of_TheSameBox_IsOne(int lastPixel) => Box.Sample(box => Math.Abs(BoxOverlap.Of(Corners(box), Truth(box), lastPixel) - 1) < 1e-9);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Of_BoxesExchanged_IsTheSame(int lastPixel) => Gen.Select(Box, Box).Sample((one, other) =>
        Math.Abs(BoxOverlap.Of(Corners(one), Truth(other), lastPixel) - BoxOverlap.Of(Corners(other), Truth(one), lastPixel)) < 1e-9);

    [Fact]
    public void Of_AnyTwoBoxes_IsTheShareOfCountedPixels() => Gen.Select(Box, Box).Sample((one, other) =>
    {
        HashSet<(int, int)> a = Pixels(one), b = Pixels(other);
        double expected = (double)a.Intersect(b).Count() / a.Union(b).Count();
        return Math.Abs(BoxOverlap.Of(Corners(one), Truth(other), lastPixel: 0) - expected) < 1e-9;
    }, iter: 300);

    [Fact]
    public void Find_AnyBoxAtTheBeginning_GivesItsNumbers() => Gen.Select(Gen.Int[0, 999].Array[4], Gen.String).Sample((numbers, rest) =>
        BoxText.Find("{<" + string.Join("><", numbers) + ">}" + rest) is { } box && box.SequenceEqual(numbers));

    private static ImmutableArray<int> Corners((int Left, int Top, int Width, int Height) box) =>
        [box.Left, box.Top, box.Left + box.Width, box.Top + box.Height];

    private static ReferenceBox Truth((int Left, int Top, int Width, int Height) box) => new(box.Left, box.Top, box.Width, box.Height, 100, 100);

    private static HashSet<(int X, int Y)> Pixels((int Left, int Top, int Width, int Height) box) =>
        [.. from x in Enumerable.Range(box.Left, box.Width) from y in Enumerable.Range(box.Top, box.Height) select (x, y)];
}
