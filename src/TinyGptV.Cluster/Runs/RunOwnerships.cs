using Microsoft.Extensions.Options;
using TinyGptV.Cluster.Configuration;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cluster.Runs;

/// <summary>
/// Makes this coordinator the owner of runs, one at a time for each run and store. The owner is known to be gone when its process on this machine has
/// ended or when this cluster declared its silo dead; another owner is waited for until it stops renewing.
/// </summary>
internal sealed class RunOwnerships(
    IRunStore store,
    IProcessWatch processes,
    ILocalSiloDetails silo,
    IClusterMembershipService membership,
    IOptions<EvaluationClusterOptions> options,
    TimeProvider time)
{
    private readonly RunOwner _self = processes.Describe(Guid.NewGuid().ToString("N"), silo.SiloAddress.ToParsableString());

    private EvaluationClusterOptions Options => options.Value;

    /// <summary>Waits until this coordinator owns the run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="whileWaiting">Told at every look who owns the run instead.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The owned run, to be disposed to give it up. It renews itself in turns of the caller.</returns>
    /// <exception cref="Evaluation.PrerequisiteException">The store cannot be read or written.</exception>
    public async Task<OwnedRun> AcquireAsync(RunId run, Func<RunOwner, Task> whileWaiting, CancellationToken cancellationToken)
    {
        var watch = new OwnershipWatch(_self.Instance, Options.OwnershipLifetime);
        long began = time.GetTimestamp();
        while (true)
        {
            var read = await RunOwnership.ReadAsync(store, run, cancellationToken);
            if (watch.MayTake(read?.Ownership, read?.Version, read is { } seen && IsGone(seen.Ownership.Owner), time.GetElapsedTime(began)))
            {
                long asked = time.GetTimestamp();
                RunOwnership mine = RunOwnership.TakenBy(_self, read?.Ownership, time.GetUtcNow());
                if (await store.TryWriteVersionedAsync(run, RunOwnership.File, read?.Version, mine.ToFile(), cancellationToken) is { } version)
                    return new OwnedRun(store, run, mine, version, asked, Options, time);
                continue;
            }

            await whileWaiting(read!.Value.Ownership.Owner);
            await Task.Delay(Options.OwnershipPoll, time, cancellationToken);
        }
    }

    /// <summary>Who else seems to work on a run that is not active in this cluster.</summary>
    /// <returns>The owner; null if there is none.</returns>
    /// <exception cref="Evaluation.PrerequisiteException">The store cannot be read.</exception>
    public async Task<RunOwner?> FindOtherAsync(RunId run, CancellationToken cancellationToken) =>
        await RunOwnership.ReadAsync(store, run, cancellationToken) is { } read && read.Ownership.Owner.Instance != _self.Instance
            && !IsGone(read.Ownership.Owner) && read.Ownership.IsHeld(processes, time.GetUtcNow())
            ? read.Ownership.Owner
            : null;

    /// <summary>Only an entry of this very silo counts: addresses such as 127.0.0.1 are used by many clusters, and an emptied table has no entries.</summary>
    private bool IsGone(RunOwner owner) => processes.IsAlive(owner) is false
        || (owner.Silo is { } address && membership.CurrentSnapshot.Members.TryGetValue(SiloAddress.FromParsableString(address), out ClusterMember? member)
            && member.Status == SiloStatus.Dead);
}
