using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Models;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Scoring;

namespace TinyGptV.Evaluation.Submissions;

/// <summary>Answers from a file, matched to the samples of a benchmark.</summary>
public sealed record ImportedAnswers
{
    /// <summary>A prediction for every sample, in the benchmark's order; a failure if there is no answer.</summary>
    public required ImmutableArray<Prediction> Predictions { get; init; }

    /// <summary>The samples without an answer in the file.</summary>
    public required ImmutableArray<string> Missing { get; init; }

    /// <summary>The ids in the file that match no sample, each once.</summary>
    public required ImmutableArray<string> Unknown { get; init; }

    /// <summary>The samples answered more than once; the format says which answer counts.</summary>
    public required ImmutableArray<string> Repeated { get; init; }

    /// <summary>The samples whose answer has <c>###</c>, TinyGPT-V's end of a turn: modes that score the model's own turn ignore what follows.</summary>
    public ImmutableArray<string> Cut { get; init; } = [];

    /// <summary>Matches answers to samples by id.</summary>
    /// <param name="benchmark">The benchmark.</param>
    /// <param name="answers">The answers in file order.</param>
    /// <param name="fileName">The file's name, for messages.</param>
    /// <param name="lastCounts">Whether the last of several answers to a sample counts instead of the first. Default: true.</param>
    /// <returns>The predictions and the mismatches.</returns>
    /// <exception cref="PrerequisiteException">No answer matches a sample, or an answer has the wrong number of likelihoods or an unknown choice.</exception>
    public static ImportedAnswers Join(Benchmark benchmark, ImmutableArray<SubmittedAnswer> answers, string fileName, bool lastCounts = true)
    {
        ArgumentNullException.ThrowIfNull(benchmark);
        var byId = answers.GroupBy(answer => answer.Id, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);
        HashSet<string> samples = [.. benchmark.Samples.Select(sample => sample.Id.Value)];
        if (!byId.Keys.Any(samples.Contains))
            throw new PrerequisiteException(
                $"{fileName}: expected answers to samples of '{benchmark.Definition.Name}', for example '{benchmark.Samples[0].Id}', "
                + $"found {(answers.IsEmpty ? "no answers" : $"only other ids, for example '{answers[0].Id}'")}. "
                + "Check that the file belongs to this benchmark.");
        ImmutableArray<Prediction> predictions =
            [.. benchmark.Samples.Select(sample => ToPrediction(benchmark.Definition, sample, AnswerTo(sample), fileName))];
        return new ImportedAnswers
        {
            Predictions = predictions,
            Cut = [.. predictions.Where(one => one.Generation is { } answer && AnswerText.GoesBeyondOwnTurn(answer.Text)).Select(one => one.Sample.Id.Value)],
            Missing = [.. samples.Where(id => !byId.ContainsKey(id))],
            Unknown = [.. byId.Keys.Where(id => !samples.Contains(id))],
            Repeated = [.. byId.Where(pair => pair.Value.Length > 1 && samples.Contains(pair.Key)).Select(pair => pair.Key)],
        };

        SubmittedAnswer? AnswerTo(Sample sample) => byId.GetValueOrDefault(sample.Id.Value) is { } given ? given[lastCounts ? ^1 : 0] : null;
    }

    private static Prediction ToPrediction(BenchmarkDefinition definition, Sample sample, SubmittedAnswer? answer, string fileName)
    {
        // The other system's prompt is unknown.
        Prediction prediction = new() { Benchmark = definition.Name, Sample = sample, Prompt = "" };
        return answer is null
            ? prediction with { Failure = new SampleFailure(SampleFailureKind.NotSubmitted, "The imported file has no answer to this sample.") }
            : prediction with
            {
                Generation = answer.Generation,
                Ranking = answer.Choice is { } choice ? Taken(sample, choice, fileName) : Checked(sample, answer.Ranking, fileName),
            };
    }

    private static ChoiceRanking Taken(Sample sample, int choice, string fileName) => choice < sample.Choices.Length
        ? SubmittedAnswer.Taken(choice, sample.Choices.Length)
        : throw new PrerequisiteException(
            $"{fileName}: expected one of the {sample.Choices.Length} choices of '{sample.Id}', counted from 0, found {choice}. Correct the file.");

    private static ChoiceRanking? Checked(Sample sample, ChoiceRanking? ranking, string fileName) =>
        ranking is null || ranking.Choices.Length == sample.Choices.Length ? ranking : throw new PrerequisiteException(
            $"{fileName}: expected a likelihood for each of the {sample.Choices.Length} choices of '{sample.Id}', found {ranking.Choices.Length}. "
            + "Correct the file.");
}
