using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Evaluation.Inference;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Sharding;

namespace TinyGptV.Cluster.Replicas;

/// <summary>Evaluates leases and produces the stream a replica sends: progress, and each part when it is done.</summary>
/// <param name="time">Measures the time between two progress messages.</param>
internal sealed class LeaseWork(TimeProvider time)
{
    /// <summary>Progress is for display only; finished parts are sent at once.</summary>
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
            await foreach (EvaluatedPart part in AnswerAsync(evaluation, assignment, stop.Token))
                yield return part;
        }
        finally
        {
            _underWay.Remove(assignment.Lease);
        }
    }

    private async IAsyncEnumerable<EvaluatedPart> AnswerAsync(
        SampleEvaluation evaluation, LeaseAssignment assignment, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ImmutableArray<EvaluationPart> parts =
            [.. assignment.Parts.Select(part => new EvaluationPart(assignment.Definitions[part.Definition], SampleLines.Read(part.Samples)))];
        Answers[] answers = [.. parts.Select(part => new Answers(part.Samples.Length))];
        long told = time.GetTimestamp();
        await foreach (var (part, sample, prediction) in evaluation.EvaluateAsync(parts, cancellationToken))
        {
            answers[part].Add(sample, prediction);
            if (!answers[part].AreComplete && time.GetElapsedTime(told) < ProgressInterval)
                continue;
            told = time.GetTimestamp();
            yield return answers[part].Describe(part);
        }
    }

    /// <summary>The answers of one part; dropped once the complete part is described.</summary>
    private sealed class Answers(int samples)
    {
        private Prediction?[] _predictions = new Prediction?[samples];
        private int _predicted;
        private int _failed;

        public bool AreComplete => _predicted == samples;

        public void Add(int sample, Prediction prediction)
        {
            _predictions[sample] = prediction;
            _predicted++;
            _failed += prediction.Failure is null ? 0 : 1;
        }

        public EvaluatedPart Describe(int part)
        {
            byte[]? lines = AreComplete ? PredictionLines.Write(_predictions!) : null;
            if (lines is not null)
                _predictions = [];
            return new EvaluatedPart(part, _predicted, _failed, lines);
        }
    }
}
