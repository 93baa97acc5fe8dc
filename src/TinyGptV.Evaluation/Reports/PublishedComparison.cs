using System.Collections.Immutable;
using System.Globalization;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Reports;

/// <summary>A published result, and whether the run's result is comparable.</summary>
/// <param name="Published">The published result.</param>
/// <param name="Differences">What differs, as parts of a sentence; empty if nothing.</param>
public sealed record PublishedComparison(PublishedResult Published, ImmutableArray<string> Differences)
{
    /// <summary>The difference from it; null if not comparable or without a value.</summary>
    public PublishedDifference? Difference { get; init; }

    /// <summary>Whether split, samples, prompt and scoring mode match the published result, as far as recorded.</summary>
    public bool IsComparable => Differences.IsEmpty;

    /// <summary>Describes the comparability.</summary>
    /// <param name="title">The benchmark's display name.</param>
    /// <returns>One sentence.</returns>
    public string Describe(string title)
    {
        string published = $"{ReportNumber.Percent(Published.Accuracy)} ({Published.Source})";
        if (!IsComparable)
            return $"{title}: not comparable with {published}, because {string.Join("; ", Differences)}.";
        string prompt = Published.PromptTemplate is null ? "prompt not recorded" : "same prompt";
        return $"{title}: comparable with {published}: same split with all its samples, {prompt}, scoring mode {Published.Mode}.";
    }

    /// <summary>Describes the difference and whether it exceeds the sampling error.</summary>
    /// <param name="title">The benchmark's display name.</param>
    /// <param name="overall">The run's result.</param>
    /// <returns>One sentence; null if there is nothing to compare.</returns>
    public string? DescribeDifference(string title, Measurement overall)
    {
        if (Difference is not { } difference)
            return null;
        string compared = $"{title}: {ReportNumber.WithError(overall)} against {ReportNumber.Percent(Published.Accuracy)} "
            + $"± {ReportNumber.Percent(difference.PublishedHalfWidth)}";
        string value = ReportNumber.Signed(difference.Value), error = ReportNumber.Percent(difference.HalfWidth);
        string p = (difference.AdjustedPValue ?? difference.PValue) is { } known ? ReportNumber.PValue(known) : "";
        return difference switch
        {
            { IsLarger: true } => $"{compared}: the difference of {value} is larger than the sampling error of both (± {error}, {p}).",
            { ExceedsError: true } =>
                $"{compared}: the difference of {value} is larger than the sampling error of both (± {error}), but among all published results "
                + $"in this report one like it is to be expected by chance ({p}), so it shows nothing.",
            { IsLarger: false } => $"{compared}: the difference of {value} is within the sampling error of both (± {error}, {p}), so it shows nothing.",
            _ => $"{compared}: the difference is {value}; the sampling error of this run is unknown.",
        };
    }

    internal static PublishedComparison? Of(BenchmarkManifest manifest, AnswerCounts counts, Measurement overall, string mode)
    {
        if (manifest.Definition.Published is not { } published)
            return null;
        var comparison = new PublishedComparison(published, [.. Compare(manifest, published, counts, mode)]);
        return comparison.IsComparable
            ? comparison with { Difference = PublishedDifference.Of(overall, published.Accuracy, manifest.Samples, manifest.Images) }
            : comparison;
    }

    private static IEnumerable<string> Compare(BenchmarkManifest manifest, PublishedResult published, AnswerCounts counts, string mode)
    {
        BenchmarkDefinition definition = manifest.Definition;
        if (definition.Split != published.Split)
            yield return $"the split is {definition.Split}, not {published.Split}";
        if (definition.Expected is not { } expected)
            yield return "the official number of samples is not recorded";
        else if (manifest.Samples != expected.Samples)
            yield return string.Create(CultureInfo.InvariantCulture, $"{manifest.Samples:N0} of {expected.Samples:N0} samples were evaluated");
        else if (expected.Images is { } images && manifest.Images != images)
            yield return string.Create(CultureInfo.InvariantCulture, $"the samples use {manifest.Images:N0} images, not {images:N0}");
        if (manifest.Incomplete is { MissingImages: > 0 and var missing })
            yield return string.Create(CultureInfo.InvariantCulture, $"{missing:N0} images were missing");
        if (counts.IsPartial)
            yield return counts.Unanswered == 1
                ? "1 sample has no answer and counts as wrong"
                : $"{ReportNumber.Count(counts.Unanswered)} samples have no answer and count as wrong";
        if (manifest.Imported is not null)
            yield return "the answers come from another system";
        else if (published.PromptTemplate is { } prompt && prompt != definition.WholePrompt)
            yield return "the prompt differs";
        if (mode != published.Mode)
            yield return $"the scoring mode is {mode}, not {published.Mode}";
    }
}
