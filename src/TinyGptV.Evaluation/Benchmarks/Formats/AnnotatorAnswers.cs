using System.Collections.Immutable;

namespace TinyGptV.Evaluation.Benchmarks.Formats;

/// <summary>
/// Reads the answers that several people gave to a question. Equal answers become the same object: the largest official file holds two million answers, and
/// most of them are a few words that everybody uses.
/// </summary>
internal sealed class AnnotatorAnswers
{
    private readonly Dictionary<ReferenceAnswer, ReferenceAnswer> _known = [];

    /// <exception cref="PrerequisiteException">There is no answer, one of them is malformed, or two have the same id.</exception>
    public ImmutableArray<ReferenceAnswer> Read(AnnotationRecord record)
    {
        if (!record.Has("answers"))
            throw record.WithoutTruth("answers");
        ImmutableArray<ReferenceAnswer>.Builder answers = ImmutableArray.CreateBuilder<ReferenceAnswer>();
        HashSet<string> ids = [];
        foreach (AnnotationRecord answer in record.Records("answers"))
        {
            // The official scorer leaves out one annotator at a time by comparing whole records: only with distinct ids that is one record.
            if (answer.OptionalIdentity("answer_id") is { } id && !ids.Add(id))
                throw record.Malformed($"field 'answers': expected every 'answer_id' once, found '{id}' twice");
            answers.Add(Known(new ReferenceAnswer(answer.TextOrEmpty("answer"), answer.OptionalText("answer_confidence"), answer.OptionalText("raw_answer"))));
        }

        return answers.Count > 0 ? answers.DrainToImmutable() : throw record.Malformed("field 'answers': expected at least one answer, found none");
    }

    /// <summary>The answer that most people gave, the first of several.</summary>
    public static string MostFrequent(ImmutableArray<ReferenceAnswer> answers) =>
        answers.GroupBy(answer => answer.Text, StringComparer.Ordinal).MaxBy(group => group.Count())!.Key;

    private ReferenceAnswer Known(ReferenceAnswer answer)
    {
        if (_known.TryGetValue(answer, out ReferenceAnswer? known))
            return known;
        _known.Add(answer, answer);
        return answer;
    }
}
