namespace TinyGptV.Storage.Locations;

/// <summary>A checkpoint as a local folder. Its files are not evicted until this is disposed.</summary>
public sealed class LocalCheckpoint : IDisposable
{
    private readonly IReadOnlyList<IDisposable> _files;

    internal LocalCheckpoint(string folder, IReadOnlyList<IDisposable> files) => (Folder, _files) = (folder, files);

    /// <summary>The folder, named like the checkpoint.</summary>
    public string Folder { get; }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (IDisposable file in _files)
            file.Dispose();
    }
}
