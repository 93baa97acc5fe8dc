namespace TinyGptV.Pickle;

/// <summary>A dictionary that a pickle fills.</summary>
public interface IPickleDictionary
{
    /// <summary>Sets one item; a later one of the same key wins.</summary>
    /// <exception cref="InvalidDataException">The key is not of a kind that this dictionary has.</exception>
    void Set(object? key, object? value);
}
