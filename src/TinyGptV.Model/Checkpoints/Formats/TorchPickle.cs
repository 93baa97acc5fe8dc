using System.Collections.Immutable;

namespace TinyGptV.Model.Checkpoints.Formats;

/// <summary>The meaning of the few names that the pickles of checkpoints use. Any other name is refused, whatever would be done with it.</summary>
internal static class TorchPickle
{
    private const string OrderedDictionary = "collections.OrderedDict", RebuildTensor = "torch._utils._rebuild_tensor_v2",
        RebuildParameter = "torch._utils._rebuild_parameter";

    public static PickleGlobal Global(string module, string name)
    {
        string full = $"{module}.{name}";
        bool allowed = full is OrderedDictionary or RebuildTensor or RebuildParameter || (module == "torch" && TensorTypes.OfTorchStorage(name) is not null);
        return allowed
            ? new PickleGlobal(full)
            : throw new InvalidDataException($"it asks for {full}, which no checkpoint of this model needs. Nothing in it was run");
    }

    /// <summary>What calling <paramref name="function"/> would make.</summary>
    public static object Reduce(object? function, object? arguments) => ((function as PickleGlobal)?.Name, (arguments as PickleTuple)?.Items) switch
    {
        (OrderedDictionary, []) => new PickleDictionary(),
        (RebuildParameter, [TorchView view, ..]) => view,
        (RebuildTensor, [TorchStorage storage, long offset, PickleTuple shape, PickleTuple strides, ..]) =>
            View(storage, offset, Integers(shape), Integers(strides)),
        _ => throw new InvalidDataException($"it calls {(function as PickleGlobal)?.Name ?? "no function"} with arguments that torch.save never writes"),
    };

    public static TorchStorage Storage(object? persistentId)
    {
        if (persistentId is not PickleTuple { Items: ["storage", PickleGlobal type, string key, _, long elements] } ||
            !type.Name.StartsWith("torch.", StringComparison.Ordinal) || TensorTypes.OfTorchStorage(type.Name["torch.".Length..]) is not { } elementType)
            throw new InvalidDataException("a persistent id is not a tensor storage");
        return new TorchStorage(elementType, key, elements);
    }

    /// <summary>An OrderedDict's attributes (version numbers of modules) do not matter; nothing else in a checkpoint has any.</summary>
    public static void Build(object? target)
    {
        if (target is not PickleDictionary) throw new InvalidDataException("it sets attributes of something that is no dictionary");
    }

    private static TorchView View(TorchStorage storage, long offset, ImmutableArray<long> shape, ImmutableArray<long> strides)
    {
        if (shape.Length != strides.Length || shape.Length > TensorTypes.MostDimensions || offset < 0 || storage.ElementCount < 0 ||
            strides.Any(stride => stride < 0) || TensorTypes.ElementCount(shape.AsSpan()) is not { } count)
            throw new InvalidDataException($"a tensor of shape {TensorHeader.ShapeTextOf(shape.AsSpan())} makes no sense");

        Int128 last = offset;
        for (int axis = 0; axis < shape.Length; axis++) last += (Int128)Math.Max(0, shape[axis] - 1) * strides[axis];
        // An expanded tensor (stride 0) can be any size on a storage of one element: nothing could bound what reading it allocates.
        if (count > 0 && (last >= storage.ElementCount || count > storage.ElementCount))
            throw new InvalidDataException(
                $"a tensor of shape {TensorHeader.ShapeTextOf(shape.AsSpan())} does not fit its storage of {storage.ElementCount} elements");
        return new TorchView(storage, offset, shape, strides);
    }

    private static ImmutableArray<long> Integers(PickleTuple tuple) =>
        [.. tuple.Items.Select(item => item is long number ? number : throw new InvalidDataException("a tensor's shape holds something that is no integer"))];
}
