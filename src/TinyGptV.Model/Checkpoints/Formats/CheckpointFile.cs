using System.Text;

namespace TinyGptV.Model.Checkpoints.Formats;

/// <summary>Opens checkpoint files by their content; the extension does not matter.</summary>
public static class CheckpointFile
{
    private static ReadOnlySpan<byte> ZipEntrySignature => "PK\u0003\u0004"u8;

    private static ReadOnlySpan<byte> PickleProtocol => [0x80];

    /// <summary>Opens a file and reads its headers.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The open file; the caller disposes it.</returns>
    /// <exception cref="CheckpointException">The file is missing, damaged or of an unknown format.</exception>
    public static ICheckpointFile Open(string path)
    {
        MappedFile file = MappedFile.Open(path);
        ReadOnlySpan<byte> start = file.FirstBytes(256);
        if (start.StartsWith(ZipEntrySignature))
            return TorchZipFile.Open(file);
        if (start.Length > 8 && start[8] == '{')
            return SafetensorsFile.Open(file);

        string found = Describe(start);
        file.Dispose();
        throw new CheckpointException($"{path}: expected a safetensors or PyTorch file, but {found}");
    }

    private static string Describe(ReadOnlySpan<byte> start)
    {
        string text = Encoding.Latin1.GetString(start).TrimStart('\u00EF', '\u00BB', '\u00BF', ' ', '\t', '\r', '\n');
        if (text.StartsWith("version https://git-lfs", StringComparison.Ordinal))
            return "this is a Git LFS pointer, not the file itself. Fetch the real one with 'git lfs pull'.";
        if (text.StartsWith("<!doctype", StringComparison.OrdinalIgnoreCase) || text.StartsWith("<html", StringComparison.OrdinalIgnoreCase))
            return "this is a web page. Download the file itself, not the page that shows it.";
        if (start.StartsWith(PickleProtocol))
            return "this is a bare pickle, as PyTorch wrote before version 1.6. Load it with PyTorch and save it again with torch.save.";
        return $"it begins with the bytes {Convert.ToHexString(start[..Math.Min(8, start.Length)])}.";
    }
}
