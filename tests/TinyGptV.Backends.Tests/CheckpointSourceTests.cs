using TinyGptV.Backends.Scripted;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Models;
using TinyGptV.Storage;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Backends.Tests;

public sealed class CheckpointSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private ModelOptions? _loaded;

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Another_runs_in_the_same_way_without_the_parts_of_the_first_one()
    {
        CheckpointSource first = Source(new ModelOptions { Folder = "first", Stage = "stage.pth", Config = "c.json", Device = "cuda:1", MaxBatch = 3 });

        await using IModelHandle lease = await first.Another(_folder.Path + "/").LoadAsync(Token);

        Assert.Equal(new ModelOptions { Folder = _folder.Path + "/", Device = "cuda:1", MaxBatch = 3, Script = Path.GetFileName(_folder.Path) }, _loaded);
    }

    [Fact]
    public void Location_is_the_same_however_a_folder_is_written() => Assert.Equal(
        Source(new ModelOptions { Folder = _folder.Path }).Location,
        Source(new ModelOptions { Folder = "x" }).Another(Path.Combine(_folder.Path, ".", "")).Location);

    [Fact]
    public void Another_folder_that_is_not_there_is_refused() => Assert.Contains(
        "No model folder 'nowhere' on this replica's machine", Refuse("nowhere"), StringComparison.Ordinal);

    [Theory]
    [InlineData("https://other.blob.example/models/m")]
    [InlineData("https://other.blob.example/models/m?x=1")]
    [InlineData("https://account.blob.core.windows.net.example/models/m")]
    public void Another_host_that_is_a_stranger_does_not_see_the_identity(string uri) => Assert.Contains(
        "the replica's identity is not sent there", Refuse(uri), StringComparison.Ordinal);

    [Theory]
    [InlineData("https://account.blob.core.windows.net/models/m")]
    [InlineData("https://own.blob.example/models/m")]
    [InlineData("https://other.blob.example/models/m?sv=2024-11-04&sr=c&sp=r&se=2099-01-01T00%3A00%3A00Z&sig=c2ln")]
    public void Another_in_an_account_that_is_known_or_with_a_signature_is_found_and_holds_no_secret(string uri) =>
        Assert.Equal(uri.Split('?')[0], Own().Another(uri).Location);

    [Fact]
    public void Another_after_a_signed_one_does_not_show_the_identity_to_its_host()
    {
        IModelSource signed = Own().Another("https://other.blob.example/models/m?sv=2024-11-04&sr=c&sp=r&se=2099-01-01T00%3A00%3A00Z&sig=c2ln");

        string message = Assert.Throws<PrerequisiteException>(() => signed.Another("https://other.blob.example/models/m")).Message;

        Assert.Contains("the replica's identity is not sent there", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_after_a_folder_may_be_on_the_host_of_the_start_again() => Assert.Equal(
        "https://own.blob.example/models/m", Own().Another(_folder.Path).Another("https://own.blob.example/models/m").Location);

    [Fact]
    public async Task Script_of_another_name_is_another_model()
    {
        CheckpointSource first = Source(new ModelOptions { Folder = "first", ScriptDelay = TimeSpan.Zero });

        ModelIdentity[] models = [await IdentityOf(first), await IdentityOf(first.Another("second")), await IdentityOf(first.Another("third"))];

        Assert.Equal(["scripted", "second", "third"], models.Select(model => model.Name));
        Assert.Equal(3, models.Select(model => model.Digest).Distinct().Count());
    }

    private static async Task<ModelIdentity> IdentityOf(IModelSource source)
    {
        await using IModelHandle lease = await source.LoadAsync(Token);
        return lease.Model.Identity;
    }

    private CheckpointSource Own() =>
        Source(new ModelOptions { Folder = "https://own.blob.example/models/first", Source = StorageLocation.Parse("https://own.blob.example/models/first") });

    private string Refuse(string text) => Assert.Throws<PrerequisiteException>(() => Own().Another(text)).Message;

    private CheckpointSource Source(ModelOptions options) => new(LoadAsync, options, new StorageAccess(new StorageOptions()), TimeProvider.System);

    private Task<IVisionLanguageModel> LoadAsync(ModelOptions options, CancellationToken cancellationToken)
    {
        _loaded = options;
        return Task.FromResult<IVisionLanguageModel>(new ScriptedModel());
    }
}
