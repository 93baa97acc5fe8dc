using Azure.Storage.Blobs;
using TinyGptV.Evaluation;

namespace TinyGptV.Storage.Locations;

/// <summary>
/// Where benchmarks, runs or a checkpoint are: a folder, or the blobs of a container, or those below a prefix of it. Its text never holds a
/// secret, so that it can go into messages and logs.
/// </summary>
public sealed class StorageLocation
{
    private const string Expected =
        "Expected a folder, a file: URI, or https://ACCOUNT.blob.core.windows.net/CONTAINER[/PREFIX], with a shared access signature behind '?' if one is needed.";

    private StorageLocation(string text, string name) => (Text, Name) = (text, name);

    /// <summary>The last part of the location, for example the name of a checkpoint.</summary>
    public string Name { get; }

    /// <summary>The folder; null if the location is in a container.</summary>
    public string? Folder { get; private init; }

    /// <summary>True if a shared access signature came with the location: no other credential is shown to its host then, unless there is a connection string for it.</summary>
    public bool IsSigned => Signature is not null;

    /// <summary>The host that holds the container; null if the location is a folder.</summary>
    public string? Host => Container?.Host;

    /// <summary>The container, without a signature; null if the location is a folder.</summary>
    internal Uri? Container { get; private init; }

    /// <summary>What the names of all blobs begin with: empty, or ending in a slash.</summary>
    internal string Prefix { get; private init; } = "";

    /// <summary>The shared access signature that came with the location: a secret.</summary>
    internal string? Signature { get; private init; }

    private string Text { get; }

    /// <summary>Reads what a user wrote.</summary>
    /// <param name="text">A folder, a <c>file:</c> URI, or the URI of a container or of a prefix in it, with or without a shared access signature.</param>
    /// <exception cref="PrerequisiteException">The text is none of these. The message shows nothing of a signature.</exception>
    public static StorageLocation Parse(string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        bool isFile = text.StartsWith("file:", StringComparison.OrdinalIgnoreCase);
        if (!isFile && !text.Contains("://", StringComparison.Ordinal))
            return OfFolder(text);
        string absolute = isFile && !text.StartsWith("file://", StringComparison.OrdinalIgnoreCase) ? "file://" + text["file:".Length..] : text; // RFC 8089 allows both
        if (!Uri.TryCreate(absolute, UriKind.Absolute, out Uri? uri))
            throw Refused(text, "is no URI");
        if (isFile)
            return uri is { Host: "" or "localhost", Query: "" } ? OfFolder(uri.LocalPath) : throw Refused(text, "names another machine or has a query");
        return uri.Scheme is "https" or "http" ? OfContainer(uri) : throw Refused(text, $"has the scheme '{uri.Scheme}'");
    }

    /// <summary>The location as the user wrote it, but for a signature.</summary>
    public override string ToString() => Text;

    private static StorageLocation OfFolder(string folder) =>
        new(folder, Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))) { Folder = folder };

    private static StorageLocation OfContainer(Uri uri)
    {
        if (uri.UserInfo.Length > 0)
            throw Refused(Redact(uri.OriginalString.Replace(uri.UserInfo, "***", StringComparison.Ordinal)), "holds a user name");
        var parts = new BlobUriBuilder(uri);
        if (string.IsNullOrEmpty(parts.AccountName) || string.IsNullOrEmpty(parts.BlobContainerName))
            throw Refused(uri.OriginalString, "names no container");
        string prefix = parts.BlobName.Trim('/');
        if (prefix.Length > 0 && !ConfinedPath.IsPlain(prefix))
            throw Refused(uri.OriginalString, "leads out of its container");

        string? signature = parts.Sas?.ToString();
        (parts.BlobName, parts.Sas, parts.Query) = ("", null, "");
        Uri container = parts.ToUri();
        return new StorageLocation($"{container.AbsoluteUri.TrimEnd('/')}/{prefix}".TrimEnd('/'), prefix.Length > 0 ? prefix.Split('/')[^1] : parts.BlobContainerName)
        {
            Container = container,
            Prefix = prefix.Length > 0 ? prefix + "/" : "",
            Signature = signature,
        };
    }

    private static PrerequisiteException Refused(string text, string why) => new($"'{Redact(text)}' {why}. {Expected}");

    private static string Redact(string text) => text.IndexOf('?', StringComparison.Ordinal) is >= 0 and var query ? text[..query] + "?***" : text;
}
