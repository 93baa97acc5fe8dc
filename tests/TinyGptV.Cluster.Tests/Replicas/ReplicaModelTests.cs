using TinyGptV.Cluster.Contracts;
using TinyGptV.Cluster.Replicas;
using TinyGptV.Cluster.Tests.Doubles;
using TinyGptV.Evaluation;

namespace TinyGptV.Cluster.Tests.Replicas;

public class ReplicaModelTests
{
    private readonly HeldModel _first = new(new WatchedModel("a"), "a");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Load_unloads_the_old_model_after_its_work_is_done_and_before_the_new_one_is_loaded()
    {
        int disposalsBefore = -1;
        var second = new HeldModel(new WatchedModel("b"), "b") { Before = _ => Task.FromResult(disposalsBefore = _first.Disposals) };
        await using ReplicaModel replica = _first.As("r1", second);
        ModelUse use = replica.Use(null);

        Assert.Equal(ModelRequestStatus.Begun, Load(replica, "b").Status);
        Assert.Equal((0, 0), (_first.Disposals, second.Loads));
        use.Dispose();
        await replica.WhenLoaded.WaitAsync(Token);

        Assert.Equal((1, 1), (disposalsBefore, second.Loads));
        Assert.Equal((ReplicaPhase.Ready, "b", null), (replica.Status.Phase, replica.Status.Model!.Digest, replica.Status.Problem));
    }

    [Fact]
    public async Task Load_same_checkpoint_reloads_nothing()
    {
        await using ReplicaModel replica = _first.As("r1");

        Assert.Equal(ModelRequestStatus.Unchanged, Load(replica, "a").Status);
        Assert.Equal((0, 0), (_first.Loads, _first.Disposals));
    }

    [Fact]
    public async Task Load_of_a_missing_checkpoint_is_refused_and_the_old_model_stays()
    {
        await using ReplicaModel replica = _first.As("r1");

        ModelAnswer answer = Load(replica, "nowhere");

        Assert.Equal((ModelRequestStatus.Refused, "No 'nowhere'. Name an existing one."), (answer.Status, answer.Problem));
        Assert.Equal(0, _first.Disposals);
    }

    [Fact]
    public async Task Load_that_fails_says_why_and_reloads_the_old_model()
    {
        var broken = new HeldModel(new WatchedModel("b"), "b") { Before = _ => throw new PrerequisiteException("A tensor is missing.") };
        await using ReplicaModel replica = _first.As("r1", broken);

        Load(replica, "b");
        await replica.WhenLoaded.WaitAsync(Token);

        Assert.Equal((ReplicaPhase.Ready, "a"), (replica.Status.Phase, replica.Status.Model!.Digest));
        Assert.Equal("Could not load 'b': A tensor is missing. The replica is back on 'a'.", replica.Status.Problem);
        Assert.Equal((1, 1), (_first.Loads, _first.Disposals));
    }

    [Fact]
    public async Task Load_that_fails_twice_leaves_no_model_and_the_next_request_recovers()
    {
        var old = new HeldModel(new WatchedModel("a"), "a") { Before = _ => throw new InvalidOperationException("out of memory") };
        var broken = new HeldModel(new WatchedModel("b"), "b") { Before = _ => throw new PrerequisiteException("A tensor is missing.") };
        var good = new HeldModel(new WatchedModel("c"), "c");
        await using ReplicaModel replica = old.As("r1", broken, good);

        Load(replica, "b");
        await replica.WhenLoaded.WaitAsync(Token);

        Assert.Equal((ReplicaPhase.Failed, null), (replica.Status.Phase, replica.Status.Model));
        Assert.Contains("'a', could not be reloaded either: InvalidOperationException: out of memory", replica.Status.Problem, StringComparison.Ordinal);
        Assert.Null(replica.Description);
        Assert.Contains("has no model", Assert.Throws<ReplicaUnavailableException>(() => replica.Use(null)).Message, StringComparison.Ordinal);
        Load(replica, "c");
        await replica.WhenLoaded.WaitAsync(Token);
        Assert.Equal("c", replica.Description!.Identity.Digest);
    }

    [Fact]
    public async Task Use_for_a_different_model_is_refused_and_leaves_nothing_in_flight()
    {
        await using ReplicaModel replica = _first.As("r1");

        Assert.Throws<ReplicaUnavailableException>(() => replica.Use(new WatchedModel("b").Identity));
        Assert.Equal(0, replica.Status.WorkInHand);
        using ModelUse use = replica.Use(new WatchedModel("a").Identity);
        Assert.Equal(1, replica.Status.WorkInHand);
    }

    [Fact]
    public async Task StopLoadingAsync_while_loading_stops_the_load()
    {
        var endless = new HeldModel(new WatchedModel("b"), "b") { Before = token => Task.Delay(Timeout.Infinite, token) };
        await using ReplicaModel replica = _first.As("r1", endless);
        Load(replica, "b");
        await endless.WhenAsked.WaitAsync(Token);

        await replica.StopLoadingAsync().WaitAsync(Token);

        Assert.Equal(ReplicaPhase.Draining, replica.Status.Phase);
        Assert.Null(replica.Description);
        Assert.Equal(ModelRequestStatus.Refused, Load(replica, "a").Status);
    }

    [Fact]
    public async Task StopLoadingAsync_keeps_the_model_for_work_in_flight()
    {
        var second = new HeldModel(new WatchedModel("b"), "b");
        await using ReplicaModel replica = _first.As("r1", second);
        using ModelUse use = replica.Use(null);
        Load(replica, "b");

        await replica.StopLoadingAsync().WaitAsync(Token);

        Assert.Equal((0, 0, "a"), (_first.Disposals, second.Loads, replica.Status.Model!.Digest));
    }

    private static ModelAnswer Load(ReplicaModel replica, string location) => replica.Load(new ModelRequest(Guid.NewGuid(), location), out _);
}
