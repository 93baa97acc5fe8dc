using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TinyGptV.Backends.Scripted;
using TinyGptV.Cluster.Client;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Cluster.Hosting;
using TinyGptV.Cluster.Tests.Doubles;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cluster.Tests.Hosting;

public class EvaluationClusterExtensionsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_silo_with_both_roles_evaluates_without_a_cluster()
    {
        var benchmarks = new InMemoryBenchmarks();
        var store = new InMemoryRunStore();
        using IHost host = BuildHost(benchmarks, store);
        await host.StartAsync(Token);
        var grains = host.Services.GetRequiredService<IGrainFactory>();
        RunStart start = await grains.GetGrain<IRunCatalogGrain>(0).StartAsync(new RunRequest(), Token).SingleAsync(Token);
        Assert.Equal(RunStartStatus.Started, start.Status);
        RunProgress? last = null;
        await foreach (RunProgress progress in grains.FollowAsync(start.Run!.Value, Token))
            last = progress;
        Assert.Equal(RunPhase.Completed, last!.Phase);
        Assert.Equal(benchmarks.Samples, store.AllPredictions(start.Run!.Value).Length);
        await host.StopAsync(Token);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a,b")]
    public void AddModelReplica_BadName_Throws(string name) => Assert.Throws<ArgumentException>(
        () => Host.CreateApplicationBuilder().UseOrleans(silo => silo.AddModelReplica(new HeldModel(new ScriptedModel()).As(name))));

    private static IHost BuildHost(InMemoryBenchmarks benchmarks, InMemoryRunStore store)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Services.AddSingleton<IBenchmarkSource>(benchmarks);
        builder.Services.AddSingleton<IImageSource>(benchmarks);
        builder.Services.AddSingleton<IRunStore>(store);
        // Unusual ports, so that parallel tests do not collide.
        builder.UseOrleans(silo => silo.UseLocalhostClustering(siloPort: 21_711, gatewayPort: 31_711)
            .AddEvaluationCoordinator()
            .AddModelReplica(new HeldModel(new ScriptedModel()).As("here")));
        return builder.Build();
    }
}
