using System.Collections.Immutable;
using System.Text.Json.Nodes;
using TinyGptV.Model.Checkpoints.Formats;
using TorchSharp;

namespace TinyGptV.Cli.Verbs;

/// <summary>The contents of a checkpoint file or of a folder of shards.</summary>
internal sealed record CheckpointSummary
{
    public required string Path { get; init; }

    /// <summary>The file format.</summary>
    public required CheckpointFileKind Kind { get; init; }

    /// <summary>The number of elements of all tensors.</summary>
    public required long Parameters { get; init; }

    /// <summary>How many tensors are stored in each type.</summary>
    public required ImmutableSortedDictionary<string, int> Types { get; init; }

    /// <summary>The numbers of tensors and elements for each name prefix, in ordinal order.</summary>
    public required ImmutableArray<PrefixSummary> Prefixes { get; init; }

    /// <summary>Every tensor, in ordinal order of the names.</summary>
    public required ImmutableArray<TensorSummary> Tensors { get; init; }

    /// <summary>Anything stored apart from tensors; null if nothing.</summary>
    public JsonNode? Metadata { get; init; }

    public static CheckpointSummary Of(ICheckpointFile file)
    {
        ImmutableArray<TensorHeader> headers = [.. file.Tensors.Values.OrderBy(header => header.Name, StringComparer.Ordinal)];
        return new CheckpointSummary
        {
            Path = file.Path,
            Kind = file.Kind,
            Parameters = headers.Sum(Elements),
            Types = headers.GroupBy(header => NameOf(header.Type))
                .ToImmutableSortedDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal),
            Prefixes = [.. headers.GroupBy(header => PrefixOf(header.Name))
                .Select(group => new PrefixSummary(group.Key, group.Count(), group.Sum(Elements)))
                .OrderBy(prefix => prefix.Prefix, StringComparer.Ordinal)],
            Tensors = [.. headers.Select(header => new TensorSummary(header.Name, NameOf(header.Type), header.Shape))],
            Metadata = file.Metadata?.DeepClone(),
        };
    }

    private static long Elements(TensorHeader header) => header.Shape.Aggregate(1L, (product, extent) => product * extent);

    private static string NameOf(torch.ScalarType type) => type.ToString().ToLowerInvariant();

    /// <summary>The first two parts of a longer name, or the first if the second is a layer number: tells a visual encoder from a language model.</summary>
    private static string PrefixOf(string name) => name.Split('.') switch
    {
        [var first, var second, _, ..] when !second.All(char.IsAsciiDigit) => $"{first}.{second}",
        [var first, ..] => first,
        [] => name,
    };
}

/// <summary>The tensors with the same name prefix.</summary>
internal sealed record PrefixSummary(string Prefix, int Tensors, long Parameters);

/// <summary>One tensor: its name in the file, its stored type and its shape.</summary>
internal sealed record TensorSummary(string Name, string Type, ImmutableArray<long> Shape);
