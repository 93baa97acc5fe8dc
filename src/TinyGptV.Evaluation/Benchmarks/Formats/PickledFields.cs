using TinyGptV.Pickle;

namespace TinyGptV.Evaluation.Benchmarks.Formats;

/// <summary>A dictionary of a pickle with string keys.</summary>
internal sealed class PickledFields() : Dictionary<string, object?>(StringComparer.Ordinal), IPickleDictionary
{
    public void Set(object? key, object? value) =>
        this[key as string ?? throw new InvalidDataException("a dictionary key is not a string")] = value;
}
