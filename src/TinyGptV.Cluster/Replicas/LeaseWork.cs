using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Evaluation.Inference;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Sharding;

namespace TinyGptV.Cluster.Replicas;

/// <summary>Evaluates leases and produces the stream a replica sends: progress with the answers so far, and each part when it is done.</summary>
/// <param name="time">Measures the time between two progress messages.</param>
internal sealed class LeaseWork(TimeProvider time)
{
    /// <summary>How long an answer waits for others to be sent together with; finished parts are sent at once.</summary>
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>Far more than the leases that are given up before they arrive.</summary>
    private const int RememberedLimit = 256;

    private readonly Dictionary<Guid, CancellationTokenSource> _underWay = [];
    private readonly Queue<Guid> _givenUp = [];

    /// <summary>Stops work on a lease, or refuses it when it arrives later: messages can overtake each other.</summary>
    public Task GiveUpAsync(Guid lease)
    {
        if (_underWay.TryGetValue(lease, out CancellationTokenSource? stop))
            return stop.CancelAsync();
        _givenUp.Enqueue(lease);
        if (_givenUp.Count > RememberedLimit)
            _givenUp.Dequeue();
        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<EvaluatedPart> EvaluateAsync(
        SampleEvaluation evaluation, LeaseAssignment assignment, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_givenUp.Contains(assignment.Lease))
            throw new OperationCanceledException($"Lease {assignment.Lease} was given up before it started.");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _underWay.Add(assignment.Lease, stop);
        try
        {
            await foreach (EvaluatedPart part in AnswerAsync(evaluation, assignment, stop))
                yield return part;
        }
        finally
        {
            _underWay.Remove(assignment.Lease);
        }
    }

    private async IAsyncEnumerable<EvaluatedPart> AnswerAsync(SampleEvaluation evaluation, LeaseAssignment assignment, CancellationTokenSource stop)
    {
        ImmutableArray<EvaluationPart> parts =
            [.. assignment.Parts.Select(part => new EvaluationPart(assignment.Definitions[part.Definition], SampleLines.Read(part.Samples)))];
        Answers[] answers = [.. parts.Select((part, index) => new Answers(index, part.Samples.Length))];
        await using var predictions = evaluation.EvaluateAsync(parts, stop.Token).GetAsyncEnumerator(stop.Token);
        Task<bool> next = predictions.MoveNextAsync().AsTask();
        long told = time.GetTimestamp();
        try
        {
            while (await MovesOnAsync(next, answers, told, stop.Token))
            {
                if (next.IsCompletedSuccessfully)
                {
                    var (part, sample, prediction) = predictions.Current;
                    answers[part].Add(sample, prediction);
                    if (answers[part].AreComplete)
                        yield return answers[part].Describe();
                    next = predictions.MoveNextAsync().AsTask();
                }

                if (time.GetElapsedTime(told) < ProgressInterval)
                    continue;
                told = time.GetTimestamp();
                foreach (Answers some in answers.Where(some => some.HasNews))
                    yield return some.Describe();
            }
        }
        finally
        {
            // If the reader stops between two predictions, the next one is still being made.
            await stop.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    /// <summary>Waits for the next prediction, or until it is time to send what is there: the next prediction may take long.</summary>
    /// <returns>False if there are no more predictions.</returns>
    private async Task<bool> MovesOnAsync(Task<bool> next, Answers[] answers, long told, CancellationToken cancellationToken)
    {
        if (!next.IsCompleted && answers.Any(some => some.HasNews))
        {
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            TimeSpan left = ProgressInterval - time.GetElapsedTime(told);
            await Task.WhenAny(next, Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, time, enough.Token));
            await enough.CancelAsync();
            if (!next.IsCompleted)
                return true;
        }

        return await next;
    }

    /// <summary>The answers of one part; dropped once the complete part is described.</summary>
    private sealed class Answers(int part, int samples)
    {
        private readonly List<Prediction> _unsent = [];
        private Prediction?[] _predictions = new Prediction?[samples];
        private int _predicted;
        private int _failed;

        public bool AreComplete => _predicted == samples;

        /// <summary>True if predictions came since the last description.</summary>
        public bool HasNews { get; private set; }

        public void Add(int sample, Prediction prediction)
        {
            HasNews = true;
            _predictions[sample] = prediction;
            _predicted++;
            if (prediction.Failure is null)
                _unsent.Add(prediction);
            else
                _failed++;
        }

        public EvaluatedPart Describe()
        {
            byte[]? lines = AreComplete ? PredictionLines.Write(_predictions!) : null;
            byte[]? fresh = lines is null && _unsent.Count > 0 ? PredictionLines.Write(_unsent) : null;
            if (lines is not null)
                _predictions = [];
            _unsent.Clear();
            HasNews = false;
            return new EvaluatedPart(part, _predicted, _failed, lines, fresh);
        }
    }
}
