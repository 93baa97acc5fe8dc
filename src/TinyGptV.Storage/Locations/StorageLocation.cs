using Azure.Storage.Blobs;
using TinyGptV.Evaluation;

namespace TinyGptV.Storage.Locations;

/// <summary>
/// The location of benchmarks, runs or a checkpoint: a folder, a Blob container, or a prefix in one. Its text never contains a secret, so it
/// is safe in messages and logs.
/// </summary>
public sealed class StorageLocation
{
    private const string Expected =
        "Expected a folder, a file: URI, or https://ACCOUNT.blob.core.windows.net/CONTAINER[/PREFIX], optionally with ?SHARED-ACCESS-SIGNATURE.";

    private StorageLocation(string text, string name) => (Text, Name) = (text, name);

    /// <summary>The last part of the location, for example the name of a checkpoint.</summary>
    public string Name { get; }

    /// <summary>The folder; null if the location is in a container.</summary>
    public string? Folder { get; private init; }

    /// <summary>True if the location has a shared access signature. No other credential is sent to its host, except a connection string for it.</summary>
    public bool IsSigned => Signature is not null;

    /// <summary>The host of the container; null if the location is a folder.</summary>
    public string? Host => Container?.Host;

    /// <summary>The container without signature; null if the location is a folder.</summary>
    internal Uri? Container { get; private init; }

    /// <summary>The prefix of all blob names: empty, or ending in a slash.</summary>
    internal string Prefix { get; private init; } = "";

    /// <summary>The shared access signature of the location: a secret.</summary>
    internal string? Signature { get; private init; }

    private string Text { get; }

    /// <summary>Parses a location from user input.</summary>
    /// <param name="text">A folder, a <c>file:</c> URI, or the URI of a container or a prefix in one, with or without a shared access signature.</param>
    /// <exception cref="PrerequisiteException">The text is none of these. The message does not show a signature.</exception>
    public static StorageLocation Parse(string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        bool isFile = text.StartsWith("file:", StringComparison.OrdinalIgnoreCase);
        if (!isFile && !text.Contains("://", StringComparison.Ordinal))
            return OfFolder(text);
        bool isShort = isFile && !text.StartsWith("file://", StringComparison.OrdinalIgnoreCase); // RFC 8089 allows both
        if (!Uri.TryCreate(isShort ? "file://" + text["file:".Length..] : text, UriKind.Absolute, out Uri? uri))
            throw Refused(text, "is not a URI");
        if (isFile)
            return uri is { Host: "" or "localhost", Query: "" } ? OfFolder(uri.LocalPath) : throw Refused(text, "names another host or has a query");
        return uri.Scheme is "https" or "http" ? OfContainer(uri) : throw Refused(text, $"has the scheme '{uri.Scheme}'");
    }

    /// <summary>The location without a signature.</summary>
    public override string ToString() => Text;

    private static StorageLocation OfFolder(string folder) =>
        new(folder, Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))) { Folder = folder };

    private static StorageLocation OfContainer(Uri uri)
    {
        if (uri.UserInfo.Length > 0)
            throw Refused(Redact(uri.OriginalString.Replace(uri.UserInfo, "***", StringComparison.Ordinal)), "contains a user name");
        var parts = new BlobUriBuilder(uri);
        if (string.IsNullOrEmpty(parts.AccountName) || string.IsNullOrEmpty(parts.BlobContainerName))
            throw Refused(uri.OriginalString, "names no container");
        string prefix = parts.BlobName.Trim('/');
        if (prefix.Length > 0 && !ConfinedPath.IsPlain(prefix))
            throw Refused(uri.OriginalString, "leads out of its container");

        string? signature = parts.Sas?.ToString();
        (parts.BlobName, parts.Sas, parts.Query) = ("", null, "");
        Uri container = parts.ToUri();
        string name = prefix.Length > 0 ? prefix.Split('/')[^1] : parts.BlobContainerName;
        return new StorageLocation($"{container.AbsoluteUri.TrimEnd('/')}/{prefix}".TrimEnd('/'), name)
        {
            Container = container,
            Prefix = prefix.Length > 0 ? prefix + "/" : "",
            Signature = signature,
        };
    }

    private static PrerequisiteException Refused(string text, string why) => new($"'{Redact(text)}' {why}. {Expected}");

    private static string Redact(string text) => text.IndexOf('?', StringComparison.Ordinal) is >= 0 and var query ? text[..query] + "?***" : text;
}
