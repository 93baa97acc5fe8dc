namespace TinyGptV.Storage.Locations;

/// <summary>A checkpoint as a folder of this machine. Until the lease is disposed, no process evicts its files.</summary>
public sealed class CheckpointLease : IDisposable
{
    private readonly IReadOnlyList<IDisposable> _files;

    internal CheckpointLease(string folder, IReadOnlyList<IDisposable> files) => (Folder, _files) = (folder, files);

    /// <summary>The folder, under the checkpoint's name.</summary>
    public string Folder { get; }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (IDisposable file in _files) file.Dispose();
    }
}
