using System.Collections.Immutable;
using TinyGptV.Pickle;
using TorchSharp;

namespace TinyGptV.Model.Checkpoints.Formats;

/// <summary>A Python dict or OrderedDict; the last entry of a key wins.</summary>
internal sealed record PickleDictionary(List<KeyValuePair<object?, object?>> Entries) : IPickleDictionary
{
    public PickleDictionary() : this([])
    {
    }

    public void Set(object? key, object? value) => Entries.Add(new(key, value));
}

/// <summary>A name on the allow-list that a pickle may refer to. Only a name: nothing is ever called.</summary>
internal sealed record PickleGlobal(string Name);

/// <summary>The storage that tensors are views of: one entry of the archive.</summary>
internal sealed record TorchStorage(torch.ScalarType Type, string Key, long ElementCount);

/// <summary>A view of a storage; offset and strides are in elements. Checked to lie within the storage when created.</summary>
internal sealed record TorchView(TorchStorage Storage, long Offset, ImmutableArray<long> Shape, ImmutableArray<long> Strides)
{
    public long ElementCount => TensorTypes.ElementCount(Shape.AsSpan())!.Value;

    public bool IsContiguous
    {
        get
        {
            long expected = 1;
            for (int axis = Shape.Length - 1; axis >= 0; expected *= Math.Max(1, Shape[axis]), axis--)
                if (Shape[axis] > 1 && Strides[axis] != expected)
                    return false;
            return true;
        }
    }

    /// <summary>Number of elements from the first to the last that the view covers.</summary>
    public long Reach => ElementCount == 0 ? 0 : 1 + Shape.Zip(Strides, (extent, stride) => (extent - 1) * stride).Sum();
}
