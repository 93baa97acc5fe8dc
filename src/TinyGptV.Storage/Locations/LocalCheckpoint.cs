namespace TinyGptV.Storage.Locations;

/// <summary>A checkpoint as a folder of this machine. Until this is disposed, no process evicts its files.</summary>
public sealed class LocalCheckpoint : IDisposable
{
    private readonly IReadOnlyList<IDisposable> _files;

    internal LocalCheckpoint(string folder, IReadOnlyList<IDisposable> files) => (Folder, _files) = (folder, files);

    /// <summary>The folder, under the checkpoint's name.</summary>
    public string Folder { get; }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (IDisposable file in _files)
            file.Dispose();
    }
}
