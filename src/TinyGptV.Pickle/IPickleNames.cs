namespace TinyGptV.Pickle;

/// <summary>The meaning of the names in a pickle. The implementation decides what they create; the machine itself never calls anything by name.</summary>
/// <remarks>Each method rejects what it does not know with an <see cref="InvalidDataException"/>.</remarks>
public interface IPickleNames
{
    /// <summary>The value of a name.</summary>
    object Global(string module, string name);

    /// <summary>The result of a call; usually the function is the value of a name and the arguments are a tuple.</summary>
    object Call(object? function, object? arguments);

    /// <summary>The object that was stored outside the pickle under this persistent id.</summary>
    object Persistent(object? identity);

    /// <summary>Accepts or rejects attributes on a value; they are dropped.</summary>
    void Build(object? target);
}
