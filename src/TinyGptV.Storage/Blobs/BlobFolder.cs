using System.Collections.Immutable;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using TinyGptV.Evaluation;
using TinyGptV.Storage.Locations;
using TinyGptV.Storage.Resilience;

namespace TinyGptV.Storage.Blobs;

/// <summary>
/// The blobs under a prefix of a container, as a folder: the only class that talks to the storage service. Every call goes through a
/// pipeline; failures that remain become messages without secrets.
/// </summary>
/// <param name="location">The container and prefix.</param>
/// <param name="container">The container's client, with its own retries disabled.</param>
/// <param name="pipelines">The pipelines of the account.</param>
internal sealed class BlobFolder(StorageLocation location, BlobContainerClient container, StoragePipelines pipelines)
{
    private const string WriterKey = "writer";

    public StorageLocation Location => location;

    /// <summary>The location of a blob, for messages.</summary>
    public string LocationOf(string name) => $"{location}/{name}";

    /// <summary>The names of the sub-folders of a folder, in ordinal order; empty if there are none or there is no container.</summary>
    /// <param name="folder">Empty, or ending in a slash.</param>
    /// <param name="cancellationToken">Ends the listing early.</param>
    public async Task<ImmutableArray<string>> ListFoldersAsync(string folder, CancellationToken cancellationToken)
    {
        string prefix = location.Prefix + folder;
        var options = new GetBlobsByHierarchyOptions { Prefix = prefix, Delimiter = "/" };
        ImmutableArray<BlobHierarchyItem> items = await ListAsync(container.GetBlobsByHierarchyAsync(options, CancellationToken.None), cancellationToken);
        return [.. items.Where(item => item.IsPrefix).Select(item => item.Prefix[prefix.Length..].TrimEnd('/')).Order(StringComparer.Ordinal)];
    }

    /// <summary>All blobs in a folder and its sub-folders, in ordinal order; empty if there are none or there is no container.</summary>
    /// <inheritdoc cref="ListFoldersAsync" path="/param"/>
    public async Task<ImmutableArray<ListedBlob>> ListAsync(string folder, CancellationToken cancellationToken)
    {
        var options = new GetBlobsOptions { Prefix = location.Prefix + folder };
        ImmutableArray<BlobItem> items = await ListAsync(container.GetBlobsAsync(options, CancellationToken.None), cancellationToken);
        return [.. items.Select(Listed).OrderBy(blob => blob.Name, StringComparer.Ordinal)];
    }

    /// <summary>Reads a whole small blob.</summary>
    /// <param name="name">Its name in the folder.</param>
    /// <param name="known">The version the caller already has, which is not sent again; default if none.</param>
    /// <param name="cancellationToken">Ends the reading early.</param>
    public async Task<BlobReading> ReadAsync(string name, ETag known, CancellationToken cancellationToken)
    {
        var options = new BlobDownloadOptions { Conditions = known == default ? null : new BlobRequestConditions { IfNoneMatch = known } };
        BlobReading reading = await ExplainedAsync(name, () => pipelines.Read.ExecuteAsync(
            async token =>
            {
                try
                {
                    Response<BlobDownloadResult> response = await ClientOf(name).DownloadContentAsync(options, token);
                    return response.GetRawResponse().Status == 304
                        ? new BlobReading(BlobStatus.Unchanged, Version: known)
                        : new BlobReading(BlobStatus.Read, response.Value.Content.ToMemory(), response.Value.Details.ETag);
                }
                catch (RequestFailedException exception) when (exception.Status is 304 or 404)
                {
                    return exception.Status == 304 ? new BlobReading(BlobStatus.Unchanged, Version: known) : new BlobReading(BlobStatus.Absent);
                }
            },
            cancellationToken));
        StorageInstruments.Download(reading.Bytes.Length);
        return reading;
    }

    /// <summary>True if the blob exists.</summary>
    public Task<bool> ExistsAsync(string name, CancellationToken cancellationToken) => ExplainedAsync(name, () => pipelines.Request.ExecuteAsync(
        async token => await WriterOfAsync(name, token) is not null, cancellationToken));

    /// <summary>
    /// Creates a blob unless it exists. Of several writers, in any processes, exactly one gets true, even if the response to its first
    /// attempt was lost: it recognizes its own blob by a mark in the metadata.
    /// </summary>
    public async Task<bool> TryCreateAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        await TryReplaceAsync(name, content, null, cancellationToken) is not null;

    /// <summary>Replaces one version of a blob. Of several writers over one version exactly one succeeds, as with <see cref="TryCreateAsync"/>.</summary>
    /// <param name="name">Its name in the folder.</param>
    /// <param name="content">The content.</param>
    /// <param name="known">The version to replace; null if there must be no blob.</param>
    /// <param name="cancellationToken">Stops early; whether it was written is then unknown.</param>
    /// <returns>The new version; null if the blob has another version, or is gone.</returns>
    public Task<ETag?> TryReplaceAsync(string name, ReadOnlyMemory<byte> content, ETag? known, CancellationToken cancellationToken)
    {
        string writer = Guid.NewGuid().ToString("N");
        var options = new BlobUploadOptions
        {
            Conditions = known is null ? new BlobRequestConditions { IfNoneMatch = ETag.All } : new BlobRequestConditions { IfMatch = known },
            Metadata = new Dictionary<string, string>(StringComparer.Ordinal) { [WriterKey] = writer },
        };
        return ExplainedAsync(name, () => pipelines.Conflict.ExecuteAsync<ETag?>(
            async token =>
            {
                if (await pipelines.Request.ExecuteAsync(once => TryUploadAsync(name, content, options, once), token) is { } written)
                    return written;
                // Another writer's, or ours from an attempt whose response was lost. If the condition still holds, the conflict was about
                // something else and passes.
                var found = await pipelines.Request.ExecuteAsync(once => WriterOfAsync(name, once), token);
                if (found?.Writer == writer)
                    return found.Value.Version;
                return found?.Version == known ? throw new ConflictException() : null;
            },
            cancellationToken));
    }

    /// <summary>Writes a blob, replacing an existing one.</summary>
    /// <param name="name">Its name in the folder.</param>
    /// <param name="content">The content.</param>
    /// <param name="cancellationToken">Stops early; an existing blob is then unchanged.</param>
    public Task ReplaceAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => ExplainedAsync(name, async () =>
    {
        await pipelines.Transfer.ExecuteAsync(
            async token =>
            {
                try
                {
                    await ClientOf(name).UploadAsync(BinaryData.FromBytes(content), new BlobUploadOptions(), token);
                }
                catch (RequestFailedException exception) when (exception.ErrorCode == BlobErrorCode.ContainerNotFound)
                {
                    await container.CreateIfNotExistsAsync(cancellationToken: token);
                    throw new ConflictException();
                }
            },
            cancellationToken);
        return true;
    });

    /// <summary>Removes a blob; does nothing if it is not there.</summary>
    public Task RemoveAsync(string name, CancellationToken cancellationToken) => ExplainedAsync(name, () => pipelines.Request.ExecuteAsync(
        async token =>
        {
            try
            {
                await ClientOf(name).DeleteIfExistsAsync(cancellationToken: token);
            }
            catch (RequestFailedException exception) when (exception.Status == 404)
            {
                // There is no container either.
            }

            return true;
        },
        cancellationToken));

    /// <summary>Reads a range of one version of a blob.</summary>
    /// <exception cref="PrerequisiteException">The blob has changed.</exception>
    public Task ReadRangeAsync(ListedBlob blob, long offset, Memory<byte> part, CancellationToken cancellationToken) => ExplainedAsync(blob.Name, async () =>
    {
        var options = new BlobDownloadOptions { Range = new HttpRange(offset, part.Length), Conditions = new BlobRequestConditions { IfMatch = blob.Version } };
        await pipelines.Transfer.ExecuteAsync(
            async token =>
            {
                using BlobDownloadStreamingResult result = await ClientOf(blob.Name).DownloadStreamingAsync(options, token);
                await result.Content.ReadExactlyAsync(part, token);
            },
            cancellationToken);
        StorageInstruments.Download(part.Length);
        return true;
    });

    private BlobClient ClientOf(string name) => container.GetBlobClient(location.Prefix + name);

    private ListedBlob Listed(BlobItem item) => new(
        item.Name[location.Prefix.Length..], item.Properties.ContentLength ?? 0, item.Properties.ETag ?? default, item.Properties.ContentHash);

    /// <summary>The version written; null if the service reports a conflict.</summary>
    private async ValueTask<ETag?> TryUploadAsync(string name, ReadOnlyMemory<byte> content, BlobUploadOptions options, CancellationToken cancellationToken)
    {
        try
        {
            BlobContentInfo written = await ClientOf(name).UploadAsync(BinaryData.FromBytes(content), options, cancellationToken);
            return written.ETag;
        }
        catch (RequestFailedException exception) when (exception.Status is 409 or 412)
        {
            return null;
        }
        catch (RequestFailedException exception) when (exception.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
            throw new ConflictException();
        }
    }

    private async ValueTask<(string Writer, ETag Version)?> WriterOfAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            BlobProperties properties = await ClientOf(name).GetPropertiesAsync(cancellationToken: cancellationToken);
            return (properties.Metadata.TryGetValue(WriterKey, out string? writer) ? writer : "", properties.ETag);
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return null;
        }
    }

    private Task<ImmutableArray<T>> ListAsync<T>(AsyncPageable<T> all, CancellationToken cancellationToken) where T : notnull =>
        ExplainedAsync("", async () =>
        {
            var items = ImmutableArray.CreateBuilder<T>();
            for (string? next = null; next is not "";)
            {
                Page<T>? page = await pipelines.Request.ExecuteAsync(token => PageAsync(all, next, token), cancellationToken);
                if (page is not null)
                    items.AddRange(page.Values);
                next = page?.ContinuationToken ?? "";
            }
            return items.DrainToImmutable();
        });

    private static async ValueTask<Page<T>?> PageAsync<T>(AsyncPageable<T> all, string? next, CancellationToken cancellationToken) where T : notnull
    {
        try
        {
            await using IAsyncEnumerator<Page<T>> pages = all.AsPages(next).GetAsyncEnumerator(cancellationToken);
            return await pages.MoveNextAsync() ? pages.Current : null;
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return null;
        }
    }

    private async Task<T> ExplainedAsync<T>(string name, Func<ValueTask<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception exception) when (StorageFailure.Explain(exception, name.Length == 0 ? location.ToString() : LocationOf(name)) is { } explained)
        {
            throw explained;
        }
    }
}
