using System.Diagnostics;
using TinyGptV.Cluster.Telemetry;
using TinyGptV.Evaluation.Inference;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Sharding;

namespace TinyGptV.Cluster.Dispatch;

/// <summary>Writes finished shards of a run into its store.</summary>
/// <param name="scope">The dispatch of the run.</param>
internal sealed class ShardStoring(DispatchScope scope)
{
    private DispatchServices Services => scope.Services;

    private ActiveRun Run => scope.Run;

    /// <summary>Stores a shard and counts it as complete.</summary>
    /// <exception cref="Exception">The store cannot be written.</exception>
    public async Task StoreAsync(PackedShard shard, AssembledShard predictions)
    {
        var (lines, outlines) = predictions;
        if (outlines.Length != shard.Count)
            throw new InvalidOperationException($"Shard {shard.Index} has {shard.Count} samples; {outlines.Length} predictions were about to be stored.");
        using Activity? trace = EvaluationTraces.Storing(scope.RunId, shard);
        try
        {
            bool written = await TryWriteAsync(shard.Index, lines);
            trace?.SetTag("tinygptv.written", written);
            // The first writer wins: after a network partition, another coordinator may have written the shard.
            var stored = written ? outlines : (await Services.Store.ReadShardAsync(scope.RunId, shard.Index, scope.Stop.Token)).Outlines();
            Run.Complete(shard.Index, stored);
            if (written)
                Services.Instruments.ShardCompleted(shard.Benchmark, stored);
        }
        catch
        {
            // The run stops here. The answers are kept as those of a shard in progress.
            Run.Keep(shard, predictions);
            throw;
        }
    }

    /// <summary>Records samples that killed too many replicas as failed, once it is certain that they are the cause.</summary>
    /// <exception cref="Exception">The store cannot be written.</exception>
    public async Task RecordCondemnedAsync()
    {
        if (!Run.MayBlame)
            return;
        foreach (ShardPart part in Run.Ledger.Condemned)
        {
            PackedShard shard = Run.ShardOf(part);
            if (Run.QuestionsOf(part) is { Count: 0 } answered)
            {
                // Its replica was lost after answering this very sample.
                await DeliverAsync(shard, part, answered.Complete(AssembledShard.None, Run.Kept));
                continue;
            }

            DispatchLog.Condemned(Services.Log, scope.RunId, part, Services.Options.AttemptsLimit);
            Services.Instruments.SampleCondemned();
            byte[] lines = PredictionLines.Write([.. shard.SamplesOf(part).Select(sample => SampleEvaluation.Lost(
                Run.DefinitionOf(shard), sample, Services.Options.AttemptsLimit, Run.TroubleWith(part)))]);
            await DeliverAsync(shard, part, new AssembledShard(lines, DeliveryCheck.Verify(shard, part, lines)));
        }
    }

    private async Task<bool> TryWriteAsync(ShardIndex shard, ReadOnlyMemory<byte> lines)
    {
        if (Run.Retry is not { } retry || !retry.Again.Contains(shard))
            return await Services.Store.TryWriteShardAsync(scope.RunId, shard, lines, scope.Stop.Token);
        await Services.Store.ReplaceShardAsync(scope.RunId, new PastShard(shard, retry.Round), lines, scope.Stop.Token);
        return true;
    }

    private async Task DeliverAsync(PackedShard shard, ShardPart part, AssembledShard predictions)
    {
        if (Run.Deliver(null, part, predictions.Lines, predictions.Outlines) is { } whole)
            await StoreAsync(shard, whole);
    }
}
