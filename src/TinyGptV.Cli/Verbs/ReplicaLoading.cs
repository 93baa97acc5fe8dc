using System.Collections.Immutable;
using TinyGptV.Cli.Display;
using TinyGptV.Cluster.Client;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Evaluation;
using TinyGptV.Hosting;
using TinyGptV.Hosting.Logging;
using TinyGptV.Hosting.Membership;

namespace TinyGptV.Cli.Verbs;

/// <summary>The options of <c>tinygptv replicas load</c>.</summary>
/// <param name="Entrance">How to connect to the cluster.</param>
/// <param name="Location">The checkpoint: a folder or URI as the replicas see it.</param>
/// <param name="Replicas">The replicas to load it on; empty for all.</param>
internal sealed record ReplicaLoadingOptions(ClusterEntrance Entrance, string Location, ImmutableArray<string> Replicas);

/// <summary>Makes replicas load another checkpoint and reports the progress of each.</summary>
/// <param name="environment">Where text goes.</param>
internal sealed class ReplicaLoading(ProgramEnvironment environment)
{
    /// <returns>The exit code: success if every replica has the checkpoint.</returns>
    /// <exception cref="PrerequisiteException">The replica or the cluster does not exist.</exception>
    public async Task<int> LoadAsync(ReplicaLoadingOptions options, CancellationToken cancellationToken)
    {
        await using ClusterAccess cluster = await ClusterAccess.JoinAsync(
            options.Entrance, environment.Error, environment.Time, new LogOptions(), cancellationToken);
        return await cluster.WhileThereAsync(
            ended => LoadAsync(cluster, options, ended),
            "Replicas that started loading continue; check with 'tinygptv replicas' when the cluster is back.", cancellationToken);
    }

    private async Task<int> LoadAsync(ClusterAccess cluster, ReplicaLoadingOptions options, CancellationToken cancellationToken)
    {
        var catalog = cluster.Grains.GetGrain<IReplicaCatalogGrain>(0);
        var request = new ModelRequest(Guid.NewGuid(), options.Location);
        ImmutableArray<string> chosen = Choose(options.Replicas, await ListAsync());
        ModelAnswer[] answers = await cluster.AskAsync(
            () => catalog.LoadAsync(request, chosen, cancellationToken).ToArrayAsync(cancellationToken), environment.Time, cancellationToken);
        bool refused = false;
        foreach (ModelAnswer answer in answers.Where(answer => answer.Status != ModelRequestStatus.Begun))
        {
            refused |= answer.Status == ModelRequestStatus.Refused;
            await TellAsync(answer.Replica, answer.Problem is null ? "already has it" : $"refused. {answer.Problem}");
        }

        string[] begun = [.. answers.Where(answer => answer.Status == ModelRequestStatus.Begun).Select(answer => answer.Replica)];
        bool loaded = await FollowAsync(begun, request.Id, ListAsync, cancellationToken);
        return loaded && !refused ? ExitCode.Success : ExitCode.UserMustAct;

        Task<ReplicaStatus[]> ListAsync() => cluster.AskAsync(
            () => catalog.ListAsync(cancellationToken).ToArrayAsync(cancellationToken), environment.Time, cancellationToken);
    }

    private static ImmutableArray<string> Choose(ImmutableArray<string> named, ReplicaStatus[] all)
    {
        ImmutableArray<string> known = [.. all.Select(replica => replica.Replica)];
        if (known.IsEmpty)
            throw new PrerequisiteException("The cluster has no replicas. Start one with 'tinygptv silo --role replica'.");
        return named.Except(known).FirstOrDefault() is not { } unknown ? named.IsEmpty ? known : named : throw new PrerequisiteException(
            $"There is no replica '{unknown}'. The cluster has {string.Join(", ", known)}; see 'tinygptv replicas'.");
    }

    /// <summary>Reports every change until each replica has loaded or failed.</summary>
    /// <returns>True if all of them have the checkpoint.</returns>
    private async Task<bool> FollowAsync(
        IEnumerable<string> begun, Guid request, Func<Task<ReplicaStatus[]>> listAsync, CancellationToken cancellationToken)
    {
        Dictionary<string, string> told = begun.ToDictionary(replica => replica, _ => "", StringComparer.Ordinal);
        bool loaded = true;
        await Polling.UntilAsync(HaveAllEndedAsync, environment.Time, cancellationToken);
        return loaded;

        async Task<bool> HaveAllEndedAsync()
        {
            ReplicaStatus[] all = told.Count > 0 ? await listAsync() : [];
            foreach (string replica in told.Keys.Order(StringComparer.Ordinal).ToArray())
            {
                var (text, success) = Judge(all.FirstOrDefault(one => one.Replica == replica), request);
                if (text != told[replica])
                    await TellAsync(replica, told[replica] = text);
                loaded &= success is not false;
                if (success is not null)
                    told.Remove(replica);
            }

            return told.Count == 0;
        }
    }

    /// <returns>The message, and whether the replica has the checkpoint; null if not yet known.</returns>
    private static (string Text, bool? Success) Judge(ReplicaStatus? replica, Guid request) => replica switch
    {
        null => ("failed. Its silo left the cluster.", false),
        { Phase: ReplicaPhase.Silent } => ("does not answer; retrying until its silo is declared dead", null),
        { Request: var last } when last != request => (
            "failed. It was restarted or got another request; 'tinygptv replicas' shows its model.", false),
        { Phase: ReplicaPhase.Loading, WorkInHand: > 0 } => ("finishing its current work", null),
        { Phase: ReplicaPhase.Loading } => ($"loading {replica.Location}", null),
        { Phase: not ReplicaPhase.Paused, Problem: { } problem } => ($"failed. {problem}", false),
        { Model: { } model } => ($"ready with {model.Describe()}", true),
        _ => ("failed. It has no model.", false),
    };

    private Task TellAsync(string replica, string text) => environment.Output.WriteLineAsync($"{replica}: {text}");
}
