namespace TinyGptV.Pickle;

/// <summary>What the names in a pickle mean. Whoever answers decides what is made; the machine calls nothing by a name.</summary>
/// <remarks>Each refuses what it does not know with an <see cref="InvalidDataException"/>.</remarks>
public interface IPickleNames
{
    /// <summary>The value that stands for a name.</summary>
    object Global(string module, string name);

    /// <summary>What calling a value would make; usually the value stands for a name, and the arguments are a tuple.</summary>
    object Call(object? function, object? arguments);

    /// <summary>What the program that wrote the pickle kept outside of it under this identity.</summary>
    object Persistent(object? identity);

    /// <summary>Whether a value may be given attributes; they are dropped.</summary>
    void Build(object? target);
}
