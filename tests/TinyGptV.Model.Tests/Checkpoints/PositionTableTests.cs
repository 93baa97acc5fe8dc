using System.Text.RegularExpressions;
using TinyGptV.Model.Checkpoints.Formats;
using TinyGptV.Model.Checkpoints.Layout;
using TorchSharp;

namespace TinyGptV.Model.Tests.Checkpoints;

public sealed partial class PositionTableTests
{
    [Fact]
    public void Resample_EveryGoldenGrid_IsTheOriginals()
    {
        using ICheckpointFile file = Golden.Open(GoldenFiles.PositionTables);
        string[] cases = [.. file.Tensors.Keys.Where(name => Case().IsMatch(name)).Select(name => name[..^".in".Length])];
        Assert.NotEmpty(cases);
        foreach (string name in cases)
        {
            using DisposeScope scope = torch.NewDisposeScope();
            torch.Tensor table = file.Read(name + ".in"), expected = file.Read(name + ".out");

            Assert.True(PositionTable.CanResample(table.shape, expected.shape));
            Golden.AssertClose(expected, PositionTable.Resample(table, expected.shape[1]), 1e-6, name);
        }
    }

    [Theory]
    [InlineData(new long[] { 1, 5, 8 }, new long[] { 1, 17, 8 }, true)]
    [InlineData(new long[] { 1, 5, 8 }, new long[] { 1, 17, 9 }, false)]
    [InlineData(new long[] { 1, 6, 8 }, new long[] { 1, 17, 8 }, false)]
    [InlineData(new long[] { 1, 1, 8 }, new long[] { 1, 17, 8 }, false)]
    [InlineData(new long[] { 5, 8 }, new long[] { 1, 17, 8 }, false)]
    public void CanResample_OnlySquareGridsOfOneWidth(long[] stored, long[] wanted, bool expected) =>
        Assert.Equal(expected, PositionTable.CanResample(stored, wanted));

    [GeneratedRegex(@"^\d+to\d+\.in$")]
    private static partial Regex Case();
}
