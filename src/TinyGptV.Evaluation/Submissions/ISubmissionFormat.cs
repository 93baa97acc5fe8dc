using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Benchmarks.Formats;

namespace TinyGptV.Evaluation.Submissions;

/// <summary>How a field writes answers to a file: a benchmark's official submission format, or the log of a widespread harness.</summary>
public interface ISubmissionFormat
{
    /// <summary>The name by which people ask for it, for example <c>gqa</c>.</summary>
    string Name { get; }

    /// <summary>What the file is and what it holds, in one sentence for people.</summary>
    string Description { get; }

    /// <summary>Whether answers to a benchmark can be written so.</summary>
    /// <param name="definition">The benchmark.</param>
    /// <returns>True if they can.</returns>
    bool Fits(BenchmarkDefinition definition);

    /// <summary>Writes the answers of a benchmark.</summary>
    /// <param name="submission">The answers.</param>
    /// <param name="output">Where to; it stays open.</param>
    /// <exception cref="PrerequisiteException">The format needs something that the predictions do not hold.</exception>
    void Write(Submission submission, Stream output);

    /// <summary>Reads answers.</summary>
    /// <param name="file">The file; its stream is disposed.</param>
    /// <param name="definition">The benchmark.</param>
    /// <param name="cancellationToken">Ends the reading early.</param>
    /// <returns>The answers in file order, also those to one sample twice.</returns>
    /// <exception cref="PrerequisiteException">The content is malformed: file, record and field are named.</exception>
    ValueTask<ImmutableArray<SubmittedAnswer>> ReadAsync(AnnotationFile file, BenchmarkDefinition definition, CancellationToken cancellationToken);
}
