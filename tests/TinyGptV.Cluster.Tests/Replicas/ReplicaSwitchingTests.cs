using TinyGptV.Cluster.Contracts;
using TinyGptV.Cluster.Tests.Doubles;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cluster.Tests.Replicas;

/// <summary>Switching the checkpoint of replicas, through the cluster's client interface.</summary>
public class ReplicaSwitchingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_replicas_of_one_silo_answer_with_their_own_models()
    {
        WatchedModel ours = new("a"), other = new("b");
        await using var cluster = await EvaluationCluster.StartAsync([new HeldModel(ours, "a")], [], beside: new HeldModel(other, "b"));

        ReplicaStatus[] replicas = await cluster.Replicas.ListAsync(Token).ToArrayAsync(Token);
        RunId run = await cluster.StartRunAsync();
        RunProgress end = await cluster.WatchToTheEndAsync(run);

        Assert.Equal([("replica-1", "a"), ("replica-1-beside", "b")], replicas.Select(replica => (replica.Replica, replica.Model!.Digest)));
        Assert.Single(replicas.Select(replica => replica.Silo).Distinct());
        // The run uses the first replica's model; the second replica in the same silo has a different one.
        Assert.Equal(RunPhase.Completed, end.Phase);
        Assert.Empty(other.Prompts);
        Assert.Equal(cluster.Benchmarks.Samples, cluster.Store.AllPredictions(run).Length);
    }

    [Fact]
    public async Task Switch_during_a_run_gives_its_work_to_the_other_replica_and_counts_no_attempt()
    {
        WatchedModel[] old = [new("a") { HoldAfter = 3 }, new("a") { HoldAfter = 3 }];
        var next = new WatchedModel("b");
        await using var cluster = await EvaluationCluster.StartAsync([new HeldModel(old[0], "a"), new HeldModel(old[1], "a")], [new HeldModel(next, "b")]);
        RunId run = await cluster.StartRunAsync();
        await Task.WhenAll(old.Select(model => model.WhenItHolds)).WaitAsync(Token);

        Assert.Equal(ModelRequestStatus.Begun, await LoadAsync(cluster, "replica-1", "b"));
        ReplicaStatus loading = await StatusAsync(cluster, "replica-1");
        Assert.Equal((ReplicaPhase.Loading, "a"), (loading.Phase, loading.Model?.Digest));
        Assert.InRange(loading.WorkInHand, 1, 2);
        old[0].Release();
        ReplicaStatus switched = await WhenLoadedAsync(cluster, "replica-1");
        old[1].Release();
        RunProgress end = await cluster.WatchToTheEndAsync(run);

        Assert.Equal((ReplicaPhase.Ready, "b", null), (switched.Phase, switched.Model!.Digest, switched.Problem));
        Assert.Equal((RunPhase.Completed, 0), (end.Phase, end.ShardsReturned));
        Assert.Empty(next.Prompts);
        Assert.Equal(cluster.Benchmarks.Samples, cluster.Store.AllPredictions(run).Length);
    }

    [Fact]
    public async Task Run_whose_only_replica_was_switched_waits_and_continues_when_it_is_switched_back()
    {
        var old = new WatchedModel("a") { HoldAfter = 3 };
        var next = new WatchedModel("b");
        await using var cluster = await EvaluationCluster.StartAsync([new HeldModel(old, "a")], [new HeldModel(next, "b")]);
        RunId run = await cluster.StartRunAsync();
        await old.WhenItHolds.WaitAsync(Token);
        await LoadAsync(cluster, "replica-1", "b");
        old.Release();
        await WhenLoadedAsync(cluster, "replica-1");

        RunProgress waiting = await cluster.WatchUntilAsync(run, progress => progress.Problem is not null);
        Assert.Equal((RunPhase.Running, 0), (waiting.Phase, waiting.Replicas));
        // The same request now starts a run of the other model.
        RunId second = await cluster.StartRunAsync();
        Assert.NotEqual(run, second);
        Assert.Equal(RunPhase.Completed, (await cluster.WatchToTheEndAsync(second)).Phase);
        await LoadAsync(cluster, "replica-1", "a");
        RunProgress end = await cluster.WatchToTheEndAsync(run);

        Assert.Equal((RunPhase.Completed, 0), (end.Phase, end.ShardsReturned));
        Assert.Equal(cluster.Benchmarks.Samples, cluster.Store.AllPredictions(run).Length);
        Assert.Equal(old.Prompts.Count, old.Prompts.Distinct().Count());
    }

    [Fact]
    public async Task Failed_load_is_reported_and_the_old_model_answers_again()
    {
        var old = new WatchedModel("a");
        var broken = new HeldModel(new WatchedModel("b"), "b") { Before = _ => throw new PrerequisiteException("A tensor is missing.") };
        await using var cluster = await EvaluationCluster.StartAsync([new HeldModel(old, "a")], [broken]);

        await LoadAsync(cluster, "replica-1", "b");
        ReplicaStatus after = await WhenLoadedAsync(cluster, "replica-1");
        RunId run = await cluster.StartRunAsync();

        Assert.Equal((ReplicaPhase.Ready, "a"), (after.Phase, after.Model!.Digest));
        Assert.Equal("Could not load 'b': A tensor is missing. The replica is back on 'a'.", after.Problem);
        Assert.Equal(RunPhase.Completed, (await cluster.WatchToTheEndAsync(run)).Phase);
    }

    [Fact]
    public async Task Replica_without_a_model_is_reported_and_starts_no_run()
    {
        var endless = new HeldModel(new WatchedModel("b"), "b") { Before = token => Task.Delay(Timeout.Infinite, token) };
        await using var cluster = await EvaluationCluster.StartAsync([new HeldModel(new WatchedModel("a"), "a")], [endless]);
        await LoadAsync(cluster, "replica-1", "b");
        await endless.WhenAsked.WaitAsync(Token);

        Assert.Null(await cluster.Grains.GetGrain<IModelReplicaGrain>("replica-1").DescribeAsync(Token));
        Assert.Equal((ReplicaPhase.Loading, null), (await StatusAsync(cluster, "replica-1") is var status ? (status.Phase, status.Model) : default));
        Assert.Equal(RunStartStatus.NoReplica, (await cluster.Catalog.StartAsync(new RunRequest(), Token).SingleAsync(Token)).Status);
        Assert.Equal(ModelRequestStatus.Refused, await LoadAsync(cluster, "replica-1", "a"));
    }

    private static async Task<ModelRequestStatus> LoadAsync(EvaluationCluster cluster, string replica, string location) =>
        (await cluster.Replicas.LoadAsync(new ModelRequest(Guid.NewGuid(), location), [replica], Token).SingleAsync(Token)).Status;

    private static async Task<ReplicaStatus> StatusAsync(EvaluationCluster cluster, string replica) =>
        await cluster.Replicas.ListAsync(Token).SingleAsync(status => status.Replica == replica, Token);

    private static async Task<ReplicaStatus> WhenLoadedAsync(EvaluationCluster cluster, string replica)
    {
        while (true)
        {
            if (await StatusAsync(cluster, replica) is { Phase: not ReplicaPhase.Loading } status)
                return status;
        }
    }
}
