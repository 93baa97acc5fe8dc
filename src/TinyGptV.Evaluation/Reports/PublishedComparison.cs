using System.Collections.Immutable;
using System.Globalization;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Reports;

/// <summary>A published result, and whether ours may be laid beside it.</summary>
/// <param name="Published">The published result.</param>
/// <param name="Differences">What was done differently, as parts of a sentence; empty if nothing was.</param>
public sealed record PublishedComparison(PublishedResult Published, ImmutableArray<string> Differences)
{
    /// <summary>How far ours is from it; null if ours may not be laid beside it or has no value.</summary>
    public PublishedDifference? Difference { get; init; }

    /// <summary>Whether split, samples, prompt and scoring mode are those of the published result, as far as they are recorded.</summary>
    public bool IsComparable => Differences.IsEmpty;

    /// <summary>The comparability as a sentence for people.</summary>
    /// <param name="title">The benchmark's name as printed.</param>
    /// <returns>One sentence.</returns>
    public string Describe(string title)
    {
        string published = $"{ReportNumber.Percent(Published.Accuracy)} ({Published.Source})";
        if (!IsComparable)
            return $"{title}: not comparable with {published}, because {string.Join("; ", Differences)}.";
        string prompt = Published.PromptTemplate is null ? "prompt not recorded" : "same prompt";
        return $"{title}: comparable with {published}: same split with all its samples, {prompt}, scoring mode {Published.Mode}.";
    }

    /// <summary>Whether the difference means something, as a sentence for people.</summary>
    /// <param name="title">The benchmark's name as printed.</param>
    /// <param name="overall">Our result.</param>
    /// <returns>One sentence; null if there is nothing to compare.</returns>
    public string? DescribeDifference(string title, Measurement overall)
    {
        if (Difference is not { } difference)
            return null;
        string compared = $"{title}: {ReportNumber.WithError(overall)} against {ReportNumber.Percent(Published.Accuracy)} ± {ReportNumber.Percent(difference.PublishedHalfWidth)}";
        string value = ReportNumber.Signed(difference.Value);
        return difference.IsLarger switch
        {
            true => $"{compared}: the difference of {value} is larger than the sampling error of both (± {ReportNumber.Percent(difference.HalfWidth)}).",
            false => $"{compared}: the difference of {value} is within the sampling error of both (± {ReportNumber.Percent(difference.HalfWidth)}) and shows nothing.",
            null => $"{compared}: the difference is {value}; the sampling error of ours is not known.",
        };
    }

    internal static PublishedComparison? Of(BenchmarkManifest manifest, AnswerCounts counts, Measurement overall, string mode)
    {
        if (manifest.Definition.Published is not { } published)
            return null;
        var comparison = new PublishedComparison(published, [.. Compare(manifest, published, counts, mode)]);
        return comparison.IsComparable ? comparison with { Difference = PublishedDifference.Of(overall, published.Accuracy, manifest.Samples) } : comparison;
    }

    private static IEnumerable<string> Compare(BenchmarkManifest manifest, PublishedResult published, AnswerCounts counts, string mode)
    {
        BenchmarkDefinition definition = manifest.Definition;
        if (definition.Split != published.Split)
            yield return $"this is the split {definition.Split}, not {published.Split}";
        if (definition.Expected is not { } expected)
            yield return "the official number of samples is not recorded";
        else if (manifest.Samples != expected.Samples)
            yield return string.Create(CultureInfo.InvariantCulture, $"{manifest.Samples:N0} of {expected.Samples:N0} samples were evaluated");
        else if (expected.Images is { } images && manifest.Images != images)
            yield return string.Create(CultureInfo.InvariantCulture, $"the samples are about {manifest.Images:N0} images, not {images:N0}");
        if (manifest.Incomplete is { MissingImages: > 0 and var missing })
            yield return string.Create(CultureInfo.InvariantCulture, $"{missing:N0} images were missing");
        if (counts.IsPartial)
            yield return counts.Unanswered == 1 ? "1 sample has no answer and counts as wrong" : $"{ReportNumber.Count(counts.Unanswered)} samples have no answer and count as wrong";
        if (manifest.Imported is not null)
            yield return "the answers are another system's";
        else if (published.PromptTemplate is { } prompt && prompt != definition.WholePrompt)
            yield return "the prompt is another";
        if (mode != published.Mode)
            yield return $"the scoring mode is {mode}, not {published.Mode}";
    }
}
