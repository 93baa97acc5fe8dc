using System.Collections.Frozen;
using System.Collections.Immutable;
using TinyGptV.Pickle;
using static TinyGptV.Pickle.PickleOpcode;

namespace TinyGptV.Model.Checkpoints.Formats;

/// <summary>
/// Reads the pickles of torch.save. Only the few names that checkpoints use are allowed; any other name is rejected.
/// </summary>
internal sealed class TorchPickle : IPickleNames
{
    private const string OrderedDictionary = "collections.OrderedDict", RebuildTensor = "torch._utils._rebuild_tensor_v2",
        RebuildParameter = "torch._utils._rebuild_parameter";

    private static readonly PickleDialect Dialect = new()
    {
        Opcodes = ((PickleOpcode[])
        [
            .. PickleDialect.PlainOpcodes, NONE, NEWTRUE, NEWFALSE, EMPTY_TUPLE, TUPLE, TUPLE1, TUPLE2, TUPLE3,
            GLOBAL, STACK_GLOBAL, BINPERSID, REDUCE, BUILD,
            INST, // torch.save never writes it, but rejecting a call by its name is clearer than rejecting the opcode
        ]).ToFrozenSet(),
        Scope = "only what torch.save writes is allowed",
        MostOpcodes = 2_000_000, // the largest real pickle has about 60 thousand
        NewDictionary = () => new PickleDictionary(),
        Names = new TorchPickle(),
    };

    /// <exception cref="InvalidDataException">The message completes "the pickle is refused: ...".</exception>
    public static object? Read(ReadOnlySpan<byte> pickle) => PickleMachine.Read(pickle, Dialect);

    public object Global(string module, string name)
    {
        string full = $"{module}.{name}";
        bool allowed = full is OrderedDictionary or RebuildTensor or RebuildParameter || (module == "torch" && TensorTypes.OfTorchStorage(name) is not null);
        return allowed
            ? new PickleGlobal(full)
            : throw new InvalidDataException($"it asks for {full}, which is not on the allow-list. Nothing in it was run");
    }

    public object Call(object? function, object? arguments) => ((function as PickleGlobal)?.Name, (arguments as PickleTuple)?.Items) switch
    {
        (OrderedDictionary, []) => new PickleDictionary(),
        (RebuildParameter, [TorchView view, ..]) => view,
        (RebuildTensor, [TorchStorage storage, long offset, PickleTuple shape, PickleTuple strides, ..]) =>
            View(storage, offset, Integers(shape), Integers(strides)),
        _ => throw new InvalidDataException($"it calls {(function as PickleGlobal)?.Name ?? "no function"} with arguments that torch.save never writes"),
    };

    public object Persistent(object? identity)
    {
        if (identity is not PickleTuple { Items: ["storage", PickleGlobal type, string key, _, long elements] } ||
            !type.Name.StartsWith("torch.", StringComparison.Ordinal) || TensorTypes.OfTorchStorage(type.Name["torch.".Length..]) is not { } elementType)
            throw new InvalidDataException("a persistent id is not a tensor storage");
        return new TorchStorage(elementType, key, elements);
    }

    /// <summary>Drops the attributes of an OrderedDict (version numbers of modules); nothing else in a checkpoint has attributes.</summary>
    public void Build(object? target)
    {
        if (target is not PickleDictionary)
            throw new InvalidDataException("it sets attributes of something that is not a dictionary");
    }

    private static TorchView View(TorchStorage storage, long offset, ImmutableArray<long> shape, ImmutableArray<long> strides)
    {
        if (shape.Length != strides.Length || shape.Length > TensorTypes.MostDimensions || offset < 0 || storage.ElementCount < 0 ||
            strides.Any(stride => stride < 0) || TensorTypes.ElementCount(shape.AsSpan()) is not { } count)
            throw new InvalidDataException($"a tensor of shape {TensorHeader.ShapeTextOf(shape.AsSpan())} has an invalid shape, offset or strides");

        Int128 last = offset;
        for (int axis = 0; axis < shape.Length; axis++)
            last += (Int128)Math.Max(0, shape[axis] - 1) * strides[axis];
        // An expanded tensor (stride 0) can have any size on a one-element storage: reading it could allocate without bound.
        if (count > 0 && (last >= storage.ElementCount || count > storage.ElementCount))
            throw new InvalidDataException(
                $"a tensor of shape {TensorHeader.ShapeTextOf(shape.AsSpan())} does not fit its storage of {storage.ElementCount} elements");
        return new TorchView(storage, offset, shape, strides);
    }

    private static ImmutableArray<long> Integers(PickleTuple tuple) =>
        [.. tuple.Items.Select(item => item is long number ? number : throw new InvalidDataException("a tensor's shape or strides are not all integers"))];
}
