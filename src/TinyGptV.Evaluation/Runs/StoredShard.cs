using System.Collections.Immutable;

namespace TinyGptV.Evaluation.Runs;

/// <summary>The predictions of a shard as a store holds them.</summary>
/// <param name="Lines">The <see cref="PredictionLines"/> of the whole shard.</param>
/// <param name="Place">Where they are, for people.</param>
public sealed record StoredShard(ReadOnlyMemory<byte> Lines, string Place)
{
    /// <summary>Reads the predictions.</summary>
    /// <returns>The predictions in the shard's order.</returns>
    /// <exception cref="PrerequisiteException">A line is malformed or cut off.</exception>
    public ImmutableArray<Prediction> Predictions() => PredictionLines.Read(Lines.Span, Place);

    /// <summary>Looks at the predictions without reading them whole.</summary>
    /// <returns>One outline for each prediction.</returns>
    /// <exception cref="PrerequisiteException">A line is malformed or cut off.</exception>
    public ImmutableArray<PredictionOutline> Outlines() => PredictionLines.Outline(Lines.Span, Place);
}
