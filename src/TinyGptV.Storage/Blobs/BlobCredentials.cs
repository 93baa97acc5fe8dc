using Azure;
using Azure.Identity;
using Azure.Storage.Blobs;
using TinyGptV.Evaluation;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Storage.Blobs;

/// <summary>
/// Opens a container with the first available credential: the connection string if it is for the location's account, else the location's
/// own shared access signature, else the identity of the workload or of the logged-in user.
/// </summary>
internal static class BlobCredentials
{
    // Not the newest, because older services (emulators, private clouds) must support it; no newer feature is used.
    private const BlobClientOptions.ServiceVersion Version = BlobClientOptions.ServiceVersion.V2024_11_04;

    /// <exception cref="PrerequisiteException">The connection string is invalid, or a token would be sent unencrypted.</exception>
    public static BlobContainerClient Open(StorageLocation location, StorageOptions options)
    {
        Uri container = location.Container!;
        BlobClientOptions client = ClientOptions(options);
        if (options.Connection is { Length: > 0 } connection && Connect(connection, client) is { } service && IsOf(service, container))
            return service.GetBlobContainerClient(new BlobUriBuilder(container).BlobContainerName);
        if (location.Signature is { } signature)
            return new BlobContainerClient(container, new AzureSasCredential(signature), client);
        return container.Scheme == "https"
            ? new BlobContainerClient(container, new DefaultAzureCredential(), client)
            : throw new PrerequisiteException(
                $"'{location}' is not encrypted, so no identity token is sent there. Use https, set TINYGPTV_STORAGE_CONNECTION to a connection string "
                + "of this account, or add a shared access signature to the location.");
    }

    private static BlobServiceClient Connect(string connection, BlobClientOptions client)
    {
        try
        {
            return new BlobServiceClient(connection, client);
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or UriFormatException or InvalidOperationException)
        {
            // No inner exception: it may quote the text, which is a secret.
            throw new PrerequisiteException(
                "TINYGPTV_STORAGE_CONNECTION is not a connection string. Expected the output of 'az storage account show-connection-string', for example "
                + "DefaultEndpointsProtocol=https;AccountName=...;AccountKey=...;EndpointSuffix=core.windows.net.");
        }
    }

    private static bool IsOf(BlobServiceClient service, Uri container) =>
        service.Uri.Host.Equals(container.Host, StringComparison.OrdinalIgnoreCase)
        && service.Uri.Port == container.Port && service.Uri.Scheme == container.Scheme
        && container.AbsolutePath.StartsWith(service.Uri.AbsolutePath.TrimEnd('/') + "/", StringComparison.Ordinal);

    private static BlobClientOptions ClientOptions(StorageOptions options)
    {
        // Retries and time-outs are done by the pipelines.
        var client = new BlobClientOptions(Version) { Retry = { MaxRetries = 0, NetworkTimeout = 2 * options.Resilience.TransferTimeout } };
        client.Diagnostics.IsLoggingContentEnabled = false;
        client.Diagnostics.IsTelemetryEnabled = false;
        return client;
    }
}
