using TinyGptV.Cluster.Contracts;
using TinyGptV.Cluster.Placement;
using TinyGptV.Cluster.Tests.Doubles;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cluster.Tests.Placement;

public class PlacementTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_grain_lives_on_a_silo_that_publishes_what_it_needs()
    {
        await using var cluster = await EvaluationCluster.StartAsync([new WatchedModel(), new WatchedModel()]);
        var management = cluster.Grains.GetGrain<IManagementGrain>(0);
        Assert.Equal(cluster.Silo(0), await management.GetActivationAddress(cluster.Catalog, Token));
        foreach (int number in Enumerable.Range(0, 12))
        {
            await cluster.Run(new RunId($"run-{number}")).GetProgressAsync(Token);
            Assert.Equal(cluster.Silo(0), await management.GetActivationAddress(cluster.Run(new RunId($"run-{number}")), Token));
        }

        foreach (int number in (int[])[1, 2])
            Assert.Equal(cluster.Silo(number), await management.GetActivationAddress(cluster.Grains.GetGrain<IModelReplicaGrain>($"replica-{number}"), Token));
    }

    [Fact]
    public async Task Call_to_an_unpublished_replica_fails()
    {
        await using var cluster = await EvaluationCluster.StartAsync([new WatchedModel()]);
        var exception = await Assert.ThrowsAnyAsync<OrleansException>(() => cluster.Grains.GetGrain<IModelReplicaGrain>("replica-9").DescribeAsync(Token));
        Assert.Contains("No live silo publishes the replica 'replica-9'.", exception.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "", "coordinator")]
    [InlineData(false, "a", "replica")]
    [InlineData(true, "a,b", "both")]
    public void ToMetadata_Facts_ReadBackTheSame(bool coordinates, string replicas, string role)
    {
        var facts = new SiloFacts(coordinates, [.. replicas.Split(',', StringSplitOptions.RemoveEmptyEntries)]);
        var metadata = facts.ToMetadata();
        Assert.Equal(role, metadata[SiloFacts.RoleKey]);
        var read = SiloFacts.FromMetadata(metadata);
        Assert.Equal((coordinates, replicas), (read.Coordinates, string.Join(',', read.Replicas)));
    }

    [Fact]
    public void FromMetadata_SiloOfAnotherProgram_HasNoRole()
    {
        var facts = SiloFacts.FromMetadata(new Dictionary<string, string> { ["zone"] = "1" });
        Assert.False(facts.Coordinates);
        Assert.Empty(facts.Replicas);
    }
}
