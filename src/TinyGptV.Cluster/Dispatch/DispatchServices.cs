using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TinyGptV.Cluster.Configuration;
using TinyGptV.Cluster.Replicas;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cluster.Dispatch;

/// <summary>What the dispatch of every run on this silo uses.</summary>
internal sealed class DispatchServices(
    IRunStore store,
    ReplicaDiscovery discovery,
    ReplicaSlots slots,
    EvaluationInstruments instruments,
    IOptions<EvaluationClusterOptions> options,
    TimeProvider time,
    ILogger<DispatchServices> log)
{
    public IRunStore Store { get; } = store;

    public ReplicaDiscovery Discovery { get; } = discovery;

    public ReplicaSlots Slots { get; } = slots;

    public EvaluationInstruments Instruments { get; } = instruments;

    public EvaluationClusterOptions Options { get; } = options.Value;

    public TimeProvider Time { get; } = time;

    public ILogger Log { get; } = log;
}
