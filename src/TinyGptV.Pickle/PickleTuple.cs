namespace TinyGptV.Pickle;

/// <summary>A Python tuple.</summary>
/// <param name="Items">Its items in order.</param>
public sealed record PickleTuple(object?[] Items);
