using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Storage.Tests.Blobs;

/// <summary>Which credential is used, and that no message reveals one.</summary>
public sealed class BlobCredentialsTests(AzuriteServer azurite) : IDisposable
{
    private readonly BlobStorage _storage = new(azurite);

    public void Dispose() => _storage.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Signature_in_the_location_opens_it()
    {
        await _storage.Container.UploadAsync("runs/r1/report.csv", [(byte)'x']);
        IRunStore store = WithoutConnection().OpenRuns(Signed(DateTimeOffset.UtcNow.AddHours(1)));

        Assert.Equal("x", await store.ReadFileAsync(new RunId("r1"), "report.csv", Token));
    }

    [Fact]
    public async Task Signature_that_allows_less_says_what_to_do_and_not_what_it_is()
    {
        await _storage.Container.UploadAsync("runs/r1/report.csv", [(byte)'x']);
        StorageLocation location = Signed(DateTimeOffset.UtcNow.AddHours(1));

        var exception = await Assert.ThrowsAsync<PrerequisiteException>(
            async () => await WithoutConnection().OpenRuns(location).WriteFileAsync(new RunId("r1"), "report.csv", "y"u8.ToArray(), Token));

        Assert.Contains("Access to '", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sig=", exception.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Uri.UnescapeDataString(location.Signature!.Split("sig=")[1].Split('&')[0]), exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signature_that_has_expired_is_refused_without_it()
    {
        await _storage.Container.UploadAsync("runs/r1/report.csv", [(byte)'x']);
        IRunStore store = WithoutConnection().OpenRuns(Signed(DateTimeOffset.UtcNow.AddHours(-1)));

        var exception = await Assert.ThrowsAsync<PrerequisiteException>(async () => await store.ListAsync(Token));

        Assert.DoesNotContain("sig=", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_key_is_refused_without_it()
    {
        string wrong = Convert.ToBase64String(new byte[64]);
        _storage.Options = _storage.Options with { Connection = azurite.ConnectionString.Replace(azurite.Key, wrong, StringComparison.Ordinal) };

        var exception = await Assert.ThrowsAsync<PrerequisiteException>(async () => await _storage.NewStore().ListAsync(Token));

        Assert.Contains("TINYGPTV_STORAGE_CONNECTION", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(wrong, exception.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AccountName=a;AccountKey=c2VjcmV0!;BlobEndpoint=nonsense")]
    [InlineData("c2VjcmV0")]
    public void Connection_that_is_none_is_refused_without_it(string connection)
    {
        _storage.Options = _storage.Options with { Connection = connection };

        var exception = Assert.Throws<PrerequisiteException>(() => _storage.NewStore());

        Assert.Contains("is not a connection string", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Connection_of_another_account_is_not_used_and_an_identity_is_not_sent_in_the_clear()
    {
        var exception = Assert.Throws<PrerequisiteException>(
            () => _storage.NewAccess().OpenRuns(StorageLocation.Parse("http://127.0.0.1:1/otheraccount/runs")));

        Assert.Contains("is not encrypted", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_as_text_hold_no_secret() => Assert.DoesNotContain(azurite.Key, _storage.Options.ToString(), StringComparison.Ordinal);

    private StorageAccess WithoutConnection() => new(_storage.Options with { Connection = null });

    private StorageLocation Signed(DateTimeOffset until) => StorageLocation.Parse($"{_storage.Root}/runs{_storage.Container.Signature(until)}");
}
