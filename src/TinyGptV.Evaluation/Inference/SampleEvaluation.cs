using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Models;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Scoring;

namespace TinyGptV.Evaluation.Inference;

/// <summary>
/// Asks a model about every sample of a shard. A problem with one sample becomes a prediction with a <see cref="SampleFailure"/>; a problem
/// with the model is an exception.
/// </summary>
/// <param name="model">The model; asked up to its preferred concurrency at once.</param>
/// <param name="images">Where the images are; each is read once for a shard.</param>
public sealed class SampleEvaluation(IVisionLanguageModel model, IImageSource images)
{
    /// <summary>Evaluates several parts without a pause between them, so that the model's batch stays full.</summary>
    /// <param name="parts">The parts, in the order in which they are started.</param>
    /// <param name="cancellationToken">Abandons samples without a prediction.</param>
    /// <returns>One prediction for each sample, as they are made.</returns>
    public async IAsyncEnumerable<PartPrediction> EvaluateAsync(
        ImmutableArray<EvaluationPart> parts, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var asked = new HashSet<Task<PartPrediction>>();
        try
        {
            foreach (Task<PartPrediction> next in Ask(parts, giveUp.Token))
            {
                if (next.IsCompletedSuccessfully)
                {
                    yield return await next;
                    continue;
                }

                asked.Add(next);
                while (asked.Count >= Math.Max(model.PreferredConcurrency, 1))
                    yield return await TakeFirstAsync(asked);
            }

            while (asked.Count > 0)
                yield return await TakeFirstAsync(asked);
        }
        finally
        {
            // If the caller stops reading early or the model fails, no request is left running.
            await giveUp.CancelAsync();
            await ((Task)Task.WhenAll(asked)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    /// <summary>The prediction of a sample that got no answer.</summary>
    /// <param name="definition">The sample's benchmark.</param>
    /// <param name="sample">The sample.</param>
    /// <param name="failure">What kept it from being answered.</param>
    /// <returns>The prediction.</returns>
    public static Prediction Failed(BenchmarkDefinition definition, Sample sample, SampleFailure failure) =>
        new BenchmarkQuestions(definition, ModelCapabilities.All).Failed(sample, failure);

    /// <summary>The prediction of a sample with which replicas were lost.</summary>
    /// <param name="definition">The sample's benchmark.</param>
    /// <param name="sample">The sample.</param>
    /// <param name="losses">How many replicas were lost with it.</param>
    /// <param name="reason">Why the last one was lost.</param>
    /// <returns>The prediction, the same wherever it happened.</returns>
    public static Prediction Lost(BenchmarkDefinition definition, Sample sample, int losses, string reason) =>
        Failed(definition, sample, SampleFailures.ReplicasLost(losses, reason));

    private IEnumerable<Task<PartPrediction>> Ask(ImmutableArray<EvaluationPart> parts, CancellationToken cancellationToken)
    {
        for (int part = 0; part < parts.Length; part++)
        {
            BenchmarkDefinition definition = parts[part].Definition;
            var questions = new BenchmarkQuestions(definition, model.Capabilities);
            // Grouped by image, so that at most two images are in memory besides those in flight.
            foreach (var group in parts[part].Samples.Select((sample, index) => (sample, index)).GroupBy(entry => entry.sample.Image))
            {
                Task<EncodedImage> image = images.ReadAsync(definition, group.Key, cancellationToken);
                foreach (var (sample, index) in group)
                    yield return AskAsync(questions, part, index, sample, image, cancellationToken);
            }
        }
    }

    private async Task<PartPrediction> AskAsync(
        BenchmarkQuestions questions, int part, int index, Sample sample, Task<EncodedImage> reading, CancellationToken cancellationToken) =>
        new(part, index, await AskAsync(questions, sample, reading, cancellationToken));

    private static async Task<PartPrediction> TakeFirstAsync(HashSet<Task<PartPrediction>> asked)
    {
        Task<PartPrediction> first = asked.Count == 1 ? asked.Single() : await Task.WhenAny(asked);
        asked.Remove(first);
        return await first;
    }

    private async Task<Prediction> AskAsync(
        BenchmarkQuestions questions, Sample sample, Task<EncodedImage> reading, CancellationToken cancellationToken)
    {
        EncodedImage image;
        try
        {
            image = await reading;
        }
        catch (IOException exception)
        {
            return questions.Failed(sample, SampleFailures.ImageUnavailable(questions.Definition, sample, exception));
        }

        try
        {
            return await AnswerAsync(questions, sample, image, cancellationToken);
        }
        catch (InvalidDataException exception)
        {
            return questions.Failed(sample, SampleFailures.ImageUndecodable(sample, exception));
        }
        catch (ArgumentException exception)
        {
            return questions.Failed(sample, SampleFailures.RequestRefused(exception));
        }
    }

    private async ValueTask<Prediction> AnswerAsync(
        BenchmarkQuestions questions, Sample sample, EncodedImage image, CancellationToken cancellationToken)
    {
        BenchmarkDefinition definition = questions.Definition;
        Prediction prediction = questions.Unanswered(sample);
        if (definition.Request == RequestKind.Rank)
        {
            var ranking = new RankingRequest(image, prediction.Prompt, sample.Choices, definition.EndOfChoice);
            return prediction with { Ranking = await model.RankAsync(ranking, cancellationToken) };
        }

        var generation = new GenerationRequest(image, prediction.Prompt, definition.MaxNewTokens) { FirstWords = questions.FirstWords };
        return prediction with { Generation = await model.GenerateAsync(generation, cancellationToken) };
    }

    /// <summary>What all samples of a benchmark have in common, computed once per part.</summary>
    private sealed class BenchmarkQuestions(BenchmarkDefinition definition, ModelCapabilities capabilities)
    {
        private readonly PromptTemplate _template = PromptTemplate.Parse(definition.WholePrompt);

        public BenchmarkDefinition Definition { get; } = definition;

        /// <summary>The words for which the scorers need the probability that the answer begins with them.</summary>
        public ImmutableArray<string> FirstWords { get; } = capabilities.GivesFirstWords ? Scorers.FirstWordsFor(definition) : [];

        /// <summary>The prediction of a sample with the whole prompt, its question verbatim, and without an answer.</summary>
        public Prediction Unanswered(Sample sample) =>
            new() { Benchmark = Definition.Name, Sample = sample, Prompt = _template.Render(sample.Question) };

        public Prediction Failed(Sample sample, SampleFailure failure) => Unanswered(sample) with { Failure = failure };
    }
}
