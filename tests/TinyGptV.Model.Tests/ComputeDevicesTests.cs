namespace TinyGptV.Model.Tests;

public class ComputeDevicesTests
{
    [Theory]
    [InlineData("cpu", "cpu")]
    [InlineData("cpu,cpu", "cpu cpu")]
    [InlineData("cuda", "cuda")]
    [InlineData("cuda:0, cuda:2,cpu", "cuda:0 cuda:2 cpu")]
    [InlineData("all", "cuda:0 cuda:1 cuda:2")]
    public void Parse_Devices_AreOneForEachModel(string text, string expected) =>
        Assert.Equal(expected.Split(' '), ComputeDevices.Parse(text, () => 3));

    [Theory]
    [InlineData("all", "no GPU can be used here")]
    [InlineData("cuda:0", "'cuda:0' not found: 0 GPUs can be used here")]
    [InlineData("cpu,gpu", "found 'gpu'")]
    [InlineData("cpu,,cpu", "found ''")]
    [InlineData("cpu,all", "found 'all'")]
    [InlineData("cuda:-1", "found 'cuda:-1'")]
    public void Parse_WhatIsNotThere_IsRefused(string text, string message) =>
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => ComputeDevices.Parse(text, () => 0)).Message, StringComparison.Ordinal);

    [Fact]
    public void Parse_CpuAlone_DoesNotLookForGpus() =>
        Assert.Equal(["cpu"], ComputeDevices.Parse("cpu", () => throw new InvalidOperationException("No GPU was requested.")));
}
