using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Evaluation.Models;

/// <summary>A prompt about an image with candidate answers, to be ranked.</summary>
/// <param name="Image">The image file.</param>
/// <param name="Prompt">The whole prompt with <c>&lt;ImageHere&gt;</c> once, where the image vectors go.</param>
/// <param name="Choices">The candidates, at least one.</param>
/// <param name="EndOfChoice">What is appended to every candidate before it is tokenised; may be empty.</param>
public sealed record RankingRequest(EncodedImage Image, string Prompt, ImmutableArray<string> Choices, string EndOfChoice);
