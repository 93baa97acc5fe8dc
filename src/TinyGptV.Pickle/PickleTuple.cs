namespace TinyGptV.Pickle;

/// <summary>A Python tuple.</summary>
/// <param name="Items">Its values in order.</param>
public sealed record PickleTuple(object?[] Items);
