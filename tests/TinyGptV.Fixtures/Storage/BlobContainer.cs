using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Sas;

namespace TinyGptV.Fixtures.Storage;

/// <summary>A container for one test, read and written directly, without the code under test.</summary>
/// <param name="azurite">The service.</param>
internal sealed class BlobContainer(AzuriteServer azurite)
{
    private readonly BlobContainerClient _client =
        new BlobServiceClient(azurite.ConnectionString, new BlobClientOptions(BlobClientOptions.ServiceVersion.V2024_11_04))
            .GetBlobContainerClient($"c-{Guid.NewGuid():N}");

    /// <summary>The container's URI at the service, or at a proxy's endpoint.</summary>
    public string UriAt(string? endpoint = null) => $"{endpoint ?? azurite.Endpoint}/{_client.Name}";

    /// <summary>A signature with read and list permission.</summary>
    public string Signature(DateTimeOffset until) => _client.GenerateSasUri(BlobContainerSasPermissions.Read | BlobContainerSasPermissions.List, until).Query;

    /// <summary>Writes a blob, replacing an older one.</summary>
    public async Task UploadAsync(string name, byte[] content)
    {
        await _client.CreateIfNotExistsAsync(cancellationToken: TestContext.Current.CancellationToken);
        await _client.GetBlobClient(name).UploadAsync(BinaryData.FromBytes(content), overwrite: true, TestContext.Current.CancellationToken);
    }

    /// <summary>Writes all files of a folder below a prefix.</summary>
    public async Task UploadFolderAsync(string folder, string prefix)
    {
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            byte[] content = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
            await UploadAsync($"{prefix}/{Path.GetRelativePath(folder, file).Replace('\\', '/')}", content);
        }
    }

    /// <summary>Reads all blobs below a prefix into a folder.</summary>
    public async Task DownloadFolderAsync(string prefix, string folder)
    {
        await foreach (BlobItem blob in _client.GetBlobsAsync(new GetBlobsOptions { Prefix = prefix + "/" }, TestContext.Current.CancellationToken))
        {
            string path = Path.Combine(folder, blob.Name[(prefix.Length + 1)..]);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await _client.GetBlobClient(blob.Name).DownloadToAsync(path, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Removes a blob.</summary>
    public Task DeleteAsync(string name) => _client.DeleteBlobAsync(name, cancellationToken: TestContext.Current.CancellationToken);
}
