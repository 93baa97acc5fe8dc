using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Evaluation.Tests.Scoring;

/// <summary>Answers of several annotators.</summary>
internal static class Answers
{
    public static ImmutableArray<ReferenceAnswer> Of(params IEnumerable<string> texts) => [.. texts.Select(text => new ReferenceAnswer(text))];
}
