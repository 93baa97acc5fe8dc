using System.Collections.Immutable;

namespace TinyGptV.Evaluation.Benchmarks.Formats;

/// <summary>
/// Reads the annotators' answers to a question. Equal answers share one object, because the largest official file holds two million answers, mostly a few
/// common words.
/// </summary>
internal sealed class AnnotatorAnswers
{
    private readonly Dictionary<ReferenceAnswer, ReferenceAnswer> _known = [];

    /// <exception cref="PrerequisiteException">There is no answer, an answer is malformed, or two have the same id.</exception>
    public ImmutableArray<ReferenceAnswer> Read(AnnotationRecord record)
    {
        if (!record.Has("answers"))
            throw record.WithoutTruth("answers");
        ImmutableArray<ReferenceAnswer>.Builder answers = ImmutableArray.CreateBuilder<ReferenceAnswer>();
        HashSet<string> ids = [];
        foreach (AnnotationRecord answer in record.Records("answers"))
        {
            // The official scorer leaves out one annotator by comparing whole records, which needs distinct ids.
            if (answer.OptionalIdentity("answer_id") is { } id && !ids.Add(id))
                throw record.Malformed($"field 'answers': expected unique 'answer_id' values, found '{id}' twice");
            answers.Add(Known(new ReferenceAnswer(answer.TextOrEmpty("answer"), answer.OptionalText("answer_confidence"), answer.OptionalText("raw_answer"))));
        }

        return answers.Count > 0 ? answers.DrainToImmutable() : throw record.Malformed("field 'answers': expected at least one answer, found none");
    }

    /// <summary>The most frequent answer; the first one on a tie.</summary>
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
