namespace TinyGptV.Storage.Locations;

/// <summary>
/// Checks untrusted file names from annotations, definitions or the network: the text of a name must not lead out of its folder.
/// <see cref="NamedRoots"/> checks where links lead.
/// </summary>
public static class ConfinedPath
{
    /// <summary>True if the text of a name stays below the folder it is appended to. Both kinds of slash are separators.</summary>
    public static bool IsPlain(string? name) =>
        !string.IsNullOrWhiteSpace(name)
        && !name.Contains('\0') && !Path.IsPathRooted(name) && name[0] is not ('/' or '\\')
        && !(name.Length > 1 && name[1] == ':')
        && !name.Split('/', '\\').Contains("..");
}
