using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Models;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Scoring;

namespace TinyGptV.Evaluation.Inference;

/// <summary>
/// Asks a model every sample of a shard. What goes wrong with one sample is a prediction with a <see cref="SampleFailure"/>; what goes
/// wrong with the model is an exception.
/// </summary>
/// <param name="model">The model; asked up to its preferred concurrency at once.</param>
/// <param name="images">Where the images are; each is read once for a shard.</param>
public sealed class SampleEvaluation(IVisionLanguageModel model, IImageSource images)
{
    /// <summary>Evaluates several parts, one flowing into the next, so that the model does not run dry at a part's end.</summary>
    /// <param name="parts">The parts, in the order in which they are begun.</param>
    /// <param name="cancellationToken">Gives up what is not predicted yet.</param>
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

    /// <summary>The prediction of a sample that cost its replicas.</summary>
    /// <param name="definition">The sample's benchmark.</param>
    /// <param name="sample">The sample.</param>
    /// <param name="losses">How often a replica was lost with it.</param>
    /// <param name="reason">Why, the last time.</param>
    /// <returns>The prediction, the same wherever it happened.</returns>
    public static Prediction Lost(BenchmarkDefinition definition, Sample sample, int losses, string reason) =>
        Failed(definition, sample, SampleFailures.ReplicasLost(losses, reason));

    private IEnumerable<Task<PartPrediction>> Ask(ImmutableArray<EvaluationPart> parts, CancellationToken cancellationToken)
    {
        for (int part = 0; part < parts.Length; part++)
        {
            BenchmarkDefinition definition = parts[part].Definition;
            var questions = new BenchmarkQuestions(definition, model.Capabilities);
            // Samples are grouped by image, so that two images at most are in memory beside those that are being asked about.
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

    /// <summary>What a benchmark asks of all its samples alike; found out once for a part.</summary>
    private sealed class BenchmarkQuestions(BenchmarkDefinition definition, ModelCapabilities capabilities)
    {
        private readonly PromptTemplate _template = PromptTemplate.Parse(definition.WholePrompt);

        public BenchmarkDefinition Definition { get; } = definition;

        /// <summary>The words whose likelihood of beginning the answer the scorers want to know.</summary>
        public ImmutableArray<string> FirstWords { get; } = capabilities.GivesFirstWords ? Scorers.FirstWordsFor(definition) : [];

        /// <summary>The prediction of a sample with the whole prompt, its question verbatim, and without an answer.</summary>
        public Prediction Unanswered(Sample sample) =>
            new() { Benchmark = Definition.Name, Sample = sample, Prompt = _template.Render(sample.Question) };

        public Prediction Failed(Sample sample, SampleFailure failure) => Unanswered(sample) with { Failure = failure };
    }
}
