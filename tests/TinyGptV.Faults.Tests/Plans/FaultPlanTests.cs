namespace TinyGptV.Faults.Tests.Plans;

public sealed class FaultPlanTests
{
    [Fact]
    public void Create_same_seed_gives_the_same_faults() => Assert.Equal(FaultPlan.Create(7).Blows, FaultPlan.Create(7).Blows);

    [Fact]
    public void Create_consecutive_seeds_cover_every_kind()
    {
        BlowKind[] kinds = Enum.GetValues<BlowKind>();

        Assert.Equal(kinds, Enumerable.Range(0, kinds.Length).SelectMany(seed => FaultPlan.Create(seed).Blows).Select(blow => blow.Kind).Distinct().Order());
    }

    [Fact]
    public void Create_faults_are_in_order_and_have_existing_targets() => Assert.All(Enumerable.Range(0, 1000).Select(FaultPlan.Create), plan =>
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
