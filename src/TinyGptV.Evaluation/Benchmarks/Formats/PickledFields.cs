using TinyGptV.Pickle;

namespace TinyGptV.Evaluation.Benchmarks.Formats;

/// <summary>A dictionary of a pickle whose keys are texts.</summary>
internal sealed class PickledFields() : Dictionary<string, object?>(StringComparer.Ordinal), IPickleDictionary
{
    public void Set(object? key, object? value) =>
        this[key as string ?? throw new InvalidDataException("a dictionary has a key that is no text")] = value;
}
