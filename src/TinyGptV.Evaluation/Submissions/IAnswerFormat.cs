using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Benchmarks.Formats;

namespace TinyGptV.Evaluation.Submissions;

/// <summary>A file format from which answers can be imported.</summary>
public interface IAnswerFormat
{
    /// <summary>The name used on the command line, for example <c>gqa</c>.</summary>
    string Name { get; }

    /// <summary>What the file contains, in one sentence.</summary>
    string Description { get; }

    /// <summary>
    /// Whether the last of several answers to a sample counts, as in official code that reads the file into a dictionary; otherwise the first. Default: true.
    /// </summary>
    bool LastAnswerCounts => true;

    /// <summary>Whether the format can hold answers to a benchmark.</summary>
    /// <param name="definition">The benchmark.</param>
    /// <returns>True if it can.</returns>
    bool Fits(BenchmarkDefinition definition);

    /// <summary>Reads answers.</summary>
    /// <param name="file">The file; its stream is disposed.</param>
    /// <param name="definition">The benchmark.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The answers in file order, duplicates included; pass them to <see cref="AnswerPlaces.Resolve"/>.</returns>
    /// <exception cref="PrerequisiteException">The content is malformed; the message names file, record and field.</exception>
    ValueTask<ImmutableArray<SubmittedAnswer>> ReadAsync(AnnotationFile file, BenchmarkDefinition definition, CancellationToken cancellationToken);
}
