namespace TinyGptV.Pickle;

/// <summary>A dictionary that a pickle fills.</summary>
public interface IPickleDictionary
{
    /// <summary>Sets an item; a later item with the same key wins.</summary>
    /// <exception cref="InvalidDataException">The dictionary does not accept this type of key.</exception>
    void Set(object? key, object? value);
}
