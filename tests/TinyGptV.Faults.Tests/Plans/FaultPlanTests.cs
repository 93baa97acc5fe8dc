namespace TinyGptV.Faults.Tests.Plans;

public sealed class FaultPlanTests
{
    [Fact]
    public void Create_same_seed_gives_the_same_blows() => Assert.Equal(FaultPlan.Create(7).Blows, FaultPlan.Create(7).Blows);

    [Fact]
    public void Create_as_many_seeds_as_kinds_meet_every_kind() => Assert.Equal(
        Enum.GetValues<BlowKind>(), Enumerable.Range(0, Enum.GetValues<BlowKind>().Length).Select(seed => FaultPlan.Create(seed).Blows).SelectMany(blows => blows).Select(blow => blow.Kind).Distinct().Order());

    [Fact]
    public void Create_blows_are_in_order_and_strike_somebody_who_is_there() => Assert.All(Enumerable.Range(0, 1000).Select(FaultPlan.Create), plan =>
    {
        Assert.InRange(plan.Blows.Length, 1, 3);
        Assert.Equal(plan.Blows.OrderBy(blow => blow.At), plan.Blows);
        Assert.All(plan.Blows, blow =>
        {
            Assert.InRange(blow.At, 0, 1);
            Assert.InRange(blow.Coordinator, 0, FaultPlan.Coordinators - 1);
            Assert.InRange(blow.Replica, 0, FaultPlan.Replicas - 1);
        });
    });
}
