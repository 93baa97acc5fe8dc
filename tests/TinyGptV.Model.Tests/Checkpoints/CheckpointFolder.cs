namespace TinyGptV.Model.Tests.Checkpoints;

internal sealed class CheckpointFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("tinygptv-").FullName;

    public string this[string relativePath] => Path.Combine(Root, relativePath);

    public string Write(string relativePath, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[relativePath])!);
        File.WriteAllBytes(this[relativePath], content);
        return this[relativePath];
    }

    public string Copy(string goldenPath, string relativePath) => Write(relativePath, File.ReadAllBytes(Golden.PathOf(goldenPath)));

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
