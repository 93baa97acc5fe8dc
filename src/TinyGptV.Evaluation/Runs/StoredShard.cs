using System.Collections.Immutable;

namespace TinyGptV.Evaluation.Runs;

/// <summary>The stored predictions of a shard.</summary>
/// <param name="Lines">The <see cref="PredictionLines"/> of the whole shard.</param>
/// <param name="Place">Their location, for messages.</param>
public sealed record StoredShard(ReadOnlyMemory<byte> Lines, string Place)
{
    /// <summary>Reads the predictions.</summary>
    /// <returns>The predictions in the shard's order.</returns>
    /// <exception cref="PrerequisiteException">A line is malformed or cut off.</exception>
    public ImmutableArray<Prediction> Predictions() => PredictionLines.Read(Lines.Span, Place);

    /// <summary>Reads only the outlines of the predictions, if none is malformed.</summary>
    /// <param name="outlines">One outline per prediction.</param>
    /// <returns>False if a line is malformed or cut off.</returns>
    public bool TryOutline(out ImmutableArray<PredictionOutline> outlines)
    {
        try
        {
            outlines = Outlines();
            return true;
        }
        catch (PrerequisiteException)
        {
            outlines = [];
            return false;
        }
    }

    /// <summary>Reads only the outlines of the predictions.</summary>
    /// <returns>One outline per prediction.</returns>
    /// <exception cref="PrerequisiteException">A line is malformed or cut off.</exception>
    public ImmutableArray<PredictionOutline> Outlines() => PredictionLines.Outline(Lines.Span, Place);
}
