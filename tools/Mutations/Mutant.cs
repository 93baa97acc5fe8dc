namespace TinyGptV.Mutations;

/// <summary>One small change of the source.</summary>
/// <param name="Id">Its number, from 1.</param>
/// <param name="File">The file below the repository.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Change">What is changed into what.</param>
public sealed record Mutant(int Id, string File, int Line, string Change)
{
    /// <summary>The folder by which scores are reported.</summary>
    public string Folder => Path.GetFileName(Path.GetDirectoryName(File)!);

    /// <inheritdoc />
    public override string ToString() => $"{Path.GetFileName(File)}:{Line} {Change}";
}
