using TinyGptV.Evaluation;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Storage.Tests;

public sealed class StorageLocationTests
{
    [Theory]
    [InlineData("runs", "runs", "runs")]
    [InlineData("/data/my runs/", "/data/my runs/", "my runs")]
    [InlineData("file:///data/my%20runs", "/data/my runs", "my runs")]
    [InlineData("file:/data/runs", "/data/runs", "runs")]
    public void Parse_folder(string text, string folder, string name)
    {
        StorageLocation location = StorageLocation.Parse(text);

        Assert.Equal((folder, name), (location.Folder, location.Name));
    }

    [Theory]
    [InlineData("https://acc.blob.core.windows.net/runs", "https://acc.blob.core.windows.net/runs", "", "runs", null)]
    [InlineData("https://acc.blob.core.windows.net/checkpoints/tinygpt-v/stage4/",
        "https://acc.blob.core.windows.net/checkpoints", "tinygpt-v/stage4/", "stage4", null)]
    [InlineData("https://acc.blob.core.windows.net/c/p?sv=2024-11-04&sp=rl&sig=c2VjcmV0",
        "https://acc.blob.core.windows.net/c", "p/", "p", "sv=2024-11-04&sp=rl&sig=c2VjcmV0")]
    [InlineData("http://127.0.0.1:10000/devstoreaccount1/runs/team", "http://127.0.0.1:10000/devstoreaccount1/runs", "team/", "team", null)]
    public void Parse_container(string text, string container, string prefix, string name, string? signature)
    {
        StorageLocation location = StorageLocation.Parse(text);

        Assert.Equal(
            (new Uri(container), prefix, name, signature, (string?)null),
            (location.Container, location.Prefix, location.Name, location.Signature, location.Folder));
    }

    [Theory]
    [InlineData("https://acc.blob.core.windows.net/c/p?sv=2024-11-04&sp=rl&sig=c2VjcmV0", "https://acc.blob.core.windows.net/c/p")]
    [InlineData("https://acc.blob.core.windows.net/c/?sv=2024-11-04&sig=c2VjcmV0", "https://acc.blob.core.windows.net/c")]
    public void ToString_has_no_signature(string text, string expected) => Assert.Equal(expected, StorageLocation.Parse(text).ToString());

    [Theory]
    [InlineData("https://acc.blob.core.windows.net?sig=c2VjcmV0", "names no container")]
    [InlineData("s3://bucket/runs?sig=c2VjcmV0", "has the scheme 's3'")]
    [InlineData("https://user:c2VjcmV0@acc.blob.core.windows.net/c", "contains a user name")]
    [InlineData("file://server/share", "names another host")]
    [InlineData("https://?sig=c2VjcmV0", "is not a URI")]
    [InlineData("https://acc.blob.core.windows.net/c/a/..%5C..%5Cb", "leads out of its container")]
    public void Parse_anything_else_is_refused_without_its_secret(string text, string why)
    {
        var exception = Assert.Throws<PrerequisiteException>(() => StorageLocation.Parse(text));

        Assert.Contains(why, exception.Message, StringComparison.Ordinal);
        Assert.Contains("Expected a folder, a file: URI, or https://ACCOUNT", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", exception.ToString(), StringComparison.Ordinal);
    }
}
