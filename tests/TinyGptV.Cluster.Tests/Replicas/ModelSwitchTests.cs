using TinyGptV.Cluster.Contracts;
using TinyGptV.Cluster.Replicas;

namespace TinyGptV.Cluster.Tests.Replicas;

public class ModelSwitchTests
{
    private static readonly Guid First = new("00000000-0000-0000-0000-000000000001");
    private static readonly Guid Second = new("00000000-0000-0000-0000-000000000002");

    private readonly ModelSwitch _switch = new("r1", "a");

    [Fact]
    public void Ask_another_checkpoint_starts_at_once_without_work_in_flight()
    {
        Assert.Equal(new ModelAnswer("r1", ModelRequestStatus.Begun, null), _switch.Ask(First, "b", out bool begins));

        Assert.True(begins);
        Assert.True(_switch.WhenEmpty.IsCompletedSuccessfully);
        Assert.Equal((ReplicaPhase.Loading, "b", First), (_switch.Status.Phase, _switch.Status.Location, _switch.Status.Request));
    }

    [Fact]
    public void Ask_drains_the_work_in_flight_and_takes_no_new_work()
    {
        Assert.True(_switch.TryTake(out _));
        Assert.True(_switch.TryTake(out _));
        _switch.Ask(First, "b", out _);

        Assert.False(_switch.TryTake(out string? reason));
        Assert.Equal("Replica 'r1' is loading another model and takes no work until it is ready.", reason);
        _switch.Return();
        Assert.Equal((false, 1), (_switch.WhenEmpty.IsCompleted, _switch.Status.WorkInHand));
        _switch.Return();
        Assert.True(_switch.WhenEmpty.IsCompletedSuccessfully);
    }

    [Fact]
    public void Ask_the_same_checkpoint_loads_nothing()
    {
        Assert.Equal(ModelRequestStatus.Unchanged, _switch.Ask(First, "a", out bool begins).Status);

        Assert.False(begins);
        Assert.Equal((ReplicaPhase.Ready, null), (_switch.Status.Phase, _switch.Status.Request));
    }

    [Fact]
    public void Ask_the_same_request_again_starts_once()
    {
        _switch.Ask(First, "b", out _);

        Assert.Equal(ModelRequestStatus.Begun, _switch.Ask(First, "b", out bool again).Status);
        _switch.Loaded();
        Assert.Equal(ModelRequestStatus.Begun, _switch.Ask(First, "b", out bool late).Status);

        Assert.False(again || late);
        Assert.Equal(ReplicaPhase.Ready, _switch.Status.Phase);
    }

    [Theory]
    [InlineData("b")]
    [InlineData("c")]
    public void Ask_while_another_request_is_in_progress_is_refused(string wanted)
    {
        _switch.Ask(First, "b", out _);

        ModelAnswer answer = _switch.Ask(Second, wanted, out bool begins);

        Assert.False(begins);
        Assert.Equal(ModelRequestStatus.Refused, answer.Status);
        Assert.Contains("'r1' is loading 'b'. Try again when it is ready", answer.Problem, StringComparison.Ordinal);
        Assert.Equal(First, _switch.Status.Request);
    }

    [Fact]
    public void Recovered_works_with_the_old_model_and_reports_the_problem_until_the_next_request()
    {
        _switch.Ask(First, "b", out _);
        _switch.Recovered("a", "no b");

        Assert.True(_switch.TryTake(out _));
        Assert.Equal((ReplicaPhase.Ready, "a", "no b"), (_switch.Status.Phase, _switch.Status.Location, _switch.Status.Problem));
        _switch.Ask(Second, "b", out bool begins);
        Assert.True(begins);
        Assert.Null(_switch.Status.Problem);
    }

    [Fact]
    public void Failed_takes_no_work_until_a_request_succeeds()
    {
        _switch.Ask(First, "b", out _);
        _switch.Failed("neither b nor a");

        Assert.False(_switch.TryTake(out string? reason));
        Assert.Equal("Replica 'r1' has no model: neither b nor a", reason);
        Assert.Equal((ReplicaPhase.Failed, null), (_switch.Status.Phase, _switch.Status.Location));
        _switch.Ask(Second, "a", out bool begins);
        Assert.True(begins);
        _switch.Loaded();
        Assert.True(_switch.TryTake(out _));
    }

    [Fact]
    public void Stop_refuses_requests_and_lets_work_go_on()
    {
        _switch.Stop();

        Assert.Equal(ModelRequestStatus.Refused, _switch.Ask(First, "b", out bool begins).Status);
        Assert.False(begins);
        Assert.Equal(ReplicaPhase.Draining, _switch.Status.Phase);
    }
}
