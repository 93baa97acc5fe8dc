using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Evaluation.Submissions;

/// <summary>
/// Finds the samples that answers of other harnesses belong to. Some harnesses number samples instead of naming them; a number is believed only if the question
/// or the reference answer in the file is that of the sample, for all answers.
/// </summary>
public static class AnswerPlaces
{
    private static readonly ImmutableArray<int> FirstNumbers = [0, 1];

    /// <summary>Gives every answer the id of its sample, keeps one answer of several filters, and finds the choice that a text names.</summary>
    /// <param name="benchmark">The benchmark.</param>
    /// <param name="answers">The answers as read.</param>
    /// <param name="fileName">The file's name, for messages.</param>
    /// <returns>
    /// The answers in file order. Texts that name none of the choices of a benchmark of choices are left out, so that their samples count as unanswered.
    /// </returns>
    /// <exception cref="PrerequisiteException">Numbers do not fit the benchmark, or filters give different answers.</exception>
    public static ImmutableArray<SubmittedAnswer> Resolve(Benchmark benchmark, ImmutableArray<SubmittedAnswer> answers, string fileName)
    {
        ArgumentNullException.ThrowIfNull(benchmark);
        answers = Place(benchmark, OfOneFilter(answers, fileName), fileName);
        return benchmark.Definition.Request is RequestKind.Rank ? Choose(benchmark, answers) : answers;
    }

    /// <summary>A harness writes a line for every filter. The uncut response is the same in all of them.</summary>
    private static ImmutableArray<SubmittedAnswer> OfOneFilter(ImmutableArray<SubmittedAnswer> answers, string fileName)
    {
        Dictionary<string, SubmittedAnswer> first = new(StringComparer.Ordinal);
        return [.. answers.Where(answer =>
            first.TryAdd(answer.Id, answer) || answer.Filter == first[answer.Id].Filter || !IsSame(first[answer.Id], answer, fileName))];
    }

    private static bool IsSame(SubmittedAnswer first, SubmittedAnswer other, string fileName) =>
        first.Generation?.Text == other.Generation?.Text && first.Choice == other.Choice
        && (first.Ranking?.Choices ?? []).SequenceEqual(other.Ranking?.Choices ?? [])
            ? true
            : throw new PrerequisiteException(
                $"{fileName}: expected one answer for '{first.Id}', found different ones of the filters '{first.Filter}' and '{other.Filter}'. "
                + "Keep only the lines of one filter.");

    private static ImmutableArray<SubmittedAnswer> Place(Benchmark benchmark, ImmutableArray<SubmittedAnswer> answers, string fileName)
    {
        if (answers.All(answer => answer.Number is null))
            return answers;
        var byId = benchmark.Samples.ToDictionary(sample => sample.Id.Value, StringComparer.Ordinal);
        Func<SubmittedAnswer, Sample?>[] ways =
        [
            answer => byId.GetValueOrDefault(answer.Id),
            .. FirstNumbers.Select(first => (Func<SubmittedAnswer, Sample?>)(answer => At(benchmark.Samples, answer.Number - first))),
        ];
        bool hasTellingQuestions = benchmark.Samples.Select(sample => sample.Question).Distinct().Skip(1).Any();
        foreach (Func<SubmittedAnswer, Sample?> way in ways)
        {
            (SubmittedAnswer Answer, Sample Sample)[] pairs = [.. answers.Select(answer => (answer, way(answer))).Where(pair => pair.Item2 is not null)!];
            if (pairs.Length > 0 && (pairs.Length == answers.Length || way == ways[0])
                && ((hasTellingQuestions && pairs.All(pair => Asks(pair.Answer, pair.Sample))) || pairs.All(pair => Refers(pair.Answer, pair.Sample))))
                return [.. answers.Select(answer => way(answer) is { } sample ? answer with { Id = sample.Id.Value } : answer)];
        }

        throw Misplaced(benchmark, answers, ways[1], fileName);
    }

    private static PrerequisiteException Misplaced(
        Benchmark benchmark, ImmutableArray<SubmittedAnswer> answers, Func<SubmittedAnswer, Sample?> way, string fileName)
    {
        bool IsOdd(SubmittedAnswer answer) => way(answer) is not { } sample || !(Asks(answer, sample) || Refers(answer, sample));

        SubmittedAnswer odd = answers.FirstOrDefault(IsOdd) ?? answers[0];
        string expected = way(odd) is { } there
            ? $"the question '{there.Question}' or the answer '{there.Target}'"
            : $"at most {benchmark.Samples.Length} samples";
        return new PrerequisiteException(
            $"{fileName}: expected samples numbered in the order of '{benchmark.Definition.Name}', and their questions or reference answers; "
            + $"at number {odd.Number}, "
            + $"expected {expected}, found {(odd.References.IsEmpty ? "no reference answer" : $"'{odd.References[0]}'")}. "
            + "Import a file with the ids of the samples.");
    }

    private static Sample? At(ImmutableArray<Sample> samples, int? index) => index >= 0 && index < samples.Length ? samples[index.Value] : null;

    private static bool Asks(SubmittedAnswer answer, Sample sample) =>
        answer.Asked is { } asked && sample.Question.Length > 0 && Spaced(asked).Contains(Spaced(sample.Question), StringComparison.OrdinalIgnoreCase);

    private static string Spaced(string text) => string.Join(' ', PythonText.Split(text));

    private static bool Refers(SubmittedAnswer answer, Sample sample)
    {
        IEnumerable<string> texts = (sample.Answers ?? []).Select(one => one.Text).Append(sample.Target);
        HashSet<string> right = [.. texts.SelectMany(text => Spellings(text, sample.Choices)).Select(Plain)];
        return answer.References.SelectMany(ListItems).Select(Plain).Any(right.Contains);
    }

    /// <summary>A harness may give a choice by index, by letter or by text, and a truth value in one of three ways.</summary>
    private static IEnumerable<string> Spellings(string target, ImmutableArray<string> choices)
    {
        int index = choices.IsEmpty || !int.TryParse(target, out int given) || given < 0 || given >= choices.Length ? choices.IndexOf(target) : given;
        IEnumerable<string> further = index >= 0 ? [choices[index], ((char)('A' + index)).ToString()] : Plain(target) switch
        {
            "true" or "yes" => ["true", "yes", "1"],
            "false" or "no" => ["false", "no", "0"],
            _ => [],
        };
        return further.Append(target);
    }

    /// <summary>The items of a list that was printed by Python; the text itself if it is none.</summary>
    private static IEnumerable<string> ListItems(string reference) => reference.StartsWith('[') && reference.EndsWith(']')
        ? reference[1..^1].Split(", ").Select(item => item.Trim('\'', '"')).Append(reference)
        : [reference];

    private static string Plain(string text) => PythonText.Lower(PythonText.Strip(text)).TrimEnd('.');

    private static ImmutableArray<SubmittedAnswer> Choose(Benchmark benchmark, ImmutableArray<SubmittedAnswer> answers)
    {
        var choices = benchmark.Samples.ToDictionary(sample => sample.Id.Value, sample => sample.Choices, StringComparer.Ordinal);
        return
        [
            .. answers
                .Select(answer => answer.Generation is { } said && choices.TryGetValue(answer.Id, out ImmutableArray<string> possible)
                    ? answer with { Generation = null, Choice = NamedChoice.In(said.Text, possible) }
                    : answer)
                .Where(answer => answer.Generation is not null || answer.Ranking is not null || answer.Choice is not null),
        ];
    }
}
