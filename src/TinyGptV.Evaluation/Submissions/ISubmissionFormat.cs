namespace TinyGptV.Evaluation.Submissions;

/// <summary>A file format for answers that can be written too: a benchmark's official submission format, or the log of a common harness.</summary>
public interface ISubmissionFormat : IAnswerFormat
{
    /// <summary>Writes the answers of a benchmark.</summary>
    /// <param name="submission">The answers.</param>
    /// <param name="output">The destination; it stays open.</param>
    /// <exception cref="PrerequisiteException">The predictions lack something that the format needs.</exception>
    void Write(Submission submission, Stream output);
}
