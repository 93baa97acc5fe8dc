using System.Collections.Immutable;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Sharding;

namespace TinyGptV.Cluster.Dispatch;

/// <summary>Lets nothing into the store but what was asked: one prediction for each sample of the part, in the shard's order.</summary>
internal static class DeliveryCheck
{
    /// <returns>What the lines are about.</returns>
    /// <exception cref="InvalidDataException">A line is malformed, a sample is left out, or another one was answered.</exception>
    public static ImmutableArray<PredictionOutline> Verify(PackedShard shard, ShardPart part, ReadOnlySpan<byte> lines) =>
        Verify(shard, part, shard.LinesOf(part).Span, lines);

    /// <inheritdoc cref="Verify(PackedShard, ShardPart, ReadOnlySpan{byte})"/>
    public static ImmutableArray<PredictionOutline> Verify(PartQuestions questions, ReadOnlySpan<byte> lines) =>
        Verify(questions.Shard, questions.Part, questions.Samples.Span, lines);

    /// <summary>Checks answers that came before all of the part did: any of the samples that were asked, in any order.</summary>
    /// <inheritdoc cref="Verify(PackedShard, ShardPart, ReadOnlySpan{byte})"/>
    public static ImmutableArray<PredictionOutline> VerifySome(PartQuestions questions, ReadOnlySpan<byte> lines)
    {
        ImmutableArray<PredictionOutline> outlines = OutlineOf(questions.Part, lines);
        var asked = SampleLines.ReadIds(questions.Samples.Span).ToHashSet();
        foreach (PredictionOutline outline in outlines)
        {
            if (outline.Benchmark != questions.Shard.Benchmark || !asked.Contains(outline.Sample))
                throw new InvalidDataException(
                    $"The replica was asked {asked.Count} samples of {questions.Shard.Benchmark} in shard {questions.Part}, "
                    + $"and answered another one, '{outline.Sample}' of {outline.Benchmark}.");
        }

        return outlines;
    }

    private static ImmutableArray<PredictionOutline> Verify(PackedShard shard, ShardPart part, ReadOnlySpan<byte> samples, ReadOnlySpan<byte> lines)
    {
        ImmutableArray<PredictionOutline> outlines = OutlineOf(part, lines);
        ImmutableArray<SampleId> asked = SampleLines.ReadIds(samples);
        if (outlines.Length != asked.Length)
            throw new InvalidDataException($"The replica answered {outlines.Length} of {asked.Length} samples of shard {part}.");
        for (int index = 0; index < asked.Length; index++)
        {
            if (outlines[index].Benchmark != shard.Benchmark || outlines[index].Sample != asked[index])
                throw new InvalidDataException(
                    $"The replica was asked the sample '{asked[index]}' of {shard.Benchmark} in shard {part}, "
                    + $"and answered '{outlines[index].Sample}' of {outlines[index].Benchmark}.");
        }

        return outlines;
    }

    private static ImmutableArray<PredictionOutline> OutlineOf(ShardPart part, ReadOnlySpan<byte> lines)
    {
        try
        {
            return PredictionLines.Outline(lines, $"shard {part}");
        }
        catch (PrerequisiteException exception)
        {
            // Malformed files are the user's business; what a replica sent is not.
            throw new InvalidDataException($"The replica's answer to shard {part} is malformed.", exception);
        }
    }
}
