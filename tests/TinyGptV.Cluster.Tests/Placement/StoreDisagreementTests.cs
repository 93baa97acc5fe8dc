using System.Net;
using TinyGptV.Cluster.Placement;

namespace TinyGptV.Cluster.Tests.Placement;

public class StoreDisagreementTests
{
    private static readonly SiloAddress Early = At(1, generation: 5), Late = At(2, generation: 9);

    [Fact]
    public void Find_coordinators_with_different_runs_refuses_the_later_one_with_both_places()
    {
        SiloFacts here = Coordinator("a", "'/srv/runs' on host 'one'"), there = Coordinator("b", "'/srv/runs' on host 'two'");

        string? reason = StoreDisagreement.Find(Late, there, [(Early, here)]);

        Assert.Contains(
            "stores runs in '/srv/runs' on host 'two', but the cluster's coordinator at 127.0.0.1:1 in '/srv/runs' on host 'one'",
            reason, StringComparison.Ordinal);
        Assert.Null(StoreDisagreement.Find(Early, here, [(Late, there)]));
    }

    [Fact]
    public void Find_same_runs_under_different_paths_or_unknown_ones_are_allowed()
    {
        Assert.Null(StoreDisagreement.Find(Late, Coordinator("a", "/mnt"), [(Early, Coordinator("a", "/srv"))]));
        Assert.Null(StoreDisagreement.Find(Late, Coordinator("a", "/mnt"), [(Early, new SiloFacts(true, []))]));
        Assert.Null(StoreDisagreement.Find(Late, new SiloFacts(true, []), [(Early, Coordinator("a", "/srv"))]));
    }

    [Theory]
    [InlineData(5, 9)]
    [InlineData(9, 5)]
    public void Find_replica_with_other_data_is_refused_whenever_it_started(int coordinator, int replica)
    {
        var there = new SiloFacts(true, []) { Data = new StorePlace("a", "'/data'") };
        var here = new SiloFacts(false, ["r"]) { Data = new StorePlace("b", "'/other'") };

        string? reason = StoreDisagreement.Find(At(2, replica), here, [(At(1, coordinator), there)]);

        Assert.Contains("reads benchmarks from '/other', but the cluster's coordinator at 127.0.0.1:1 from '/data'", reason, StringComparison.Ordinal);
        Assert.Null(StoreDisagreement.Find(At(1, coordinator), there, [(At(2, replica), here)]));
        Assert.Null(StoreDisagreement.Find(At(2, replica), here with { Data = new StorePlace("a", "'/mnt'") }, [(At(1, coordinator), there)]));
        Assert.Null(StoreDisagreement.Find(At(2, replica), here with { Data = null }, [(At(1, coordinator), there)]));
    }

    [Fact]
    public void ToMetadata_Stores_ReadBackTheSame()
    {
        SiloFacts facts = Coordinator("a", "'/srv'") with { Data = new StorePlace("d", "'/data'") };
        SiloFacts read = SiloFacts.FromMetadata(facts.ToMetadata());
        Assert.Equal((facts.Runs, facts.Data), (read.Runs, read.Data));
    }

    private static SiloFacts Coordinator(string token, string place) => new(true, []) { Runs = new StorePlace(token, place) };

    private static SiloAddress At(int port, int generation) => SiloAddress.New(IPAddress.Loopback, port, generation);
}
