using TinyGptV.Evaluation;
using TinyGptV.Hosting.Membership;

namespace TinyGptV.Hosting.Tests.Membership;

public sealed class ClusterAddressTests
{
    [Theory]
    [InlineData("127.0.0.1:30000", "127.0.0.1", 30000)]
    [InlineData("coordinator.local:1", "coordinator.local", 1)]
    [InlineData("[::1]:65535", "::1", 65535)]
    public void Parse_reads_host_and_port(string text, string host, int port) => Assert.Equal(new ClusterAddress(host, port), ClusterAddress.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("localhost")]
    [InlineData("localhost:")]
    [InlineData(":30000")]
    [InlineData("localhost:0")]
    [InlineData("localhost:65536")]
    [InlineData("localhost:-1")]
    public void Parse_invalid_text_says_what_is_expected(string text) =>
        Assert.Contains("Expected HOST:PORT", Assert.Throws<PrerequisiteException>(() => ClusterAddress.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void ParseList_reads_several() =>
        Assert.Equal([new("a", 1), new("b", 2)], ClusterAddress.ParseList("a:1, b:2,"));

    [Fact]
    public async Task ResolveAsync_unknown_host_says_so() =>
        Assert.Contains("no-such-host.invalid", (await Assert.ThrowsAsync<PrerequisiteException>(
            () => new ClusterAddress("no-such-host.invalid", 1).ResolveAsync(TestContext.Current.CancellationToken))).Message, StringComparison.Ordinal);
}
