using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Placement;
using Orleans.Runtime.MembershipService.SiloMetadata;
using Orleans.Serialization;
using TinyGptV.Cluster.Configuration;
using TinyGptV.Cluster.Dispatch;
using TinyGptV.Cluster.Placement;
using TinyGptV.Cluster.Replicas;
using TinyGptV.Cluster.Runs;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cluster.Hosting;

/// <summary>Adds evaluation roles to silos and clients. The caller sets up clustering and endpoints.</summary>
public static class EvaluationClusterExtensions
{
    /// <summary>
    /// Makes this silo a coordinator, which hosts runs. Requires an <c>IBenchmarkSource</c>, an <c>IImageSource</c> and an <c>IRunStore</c> service; uses an
    /// <c>IProcessWatch</c>, a <c>TimeProvider</c> and configured <see cref="EvaluationClusterOptions"/> if present. Can be combined with
    /// <see cref="AddModelReplica"/>.
    /// </summary>
    /// <param name="silo">The silo.</param>
    /// <returns>The silo.</returns>
    public static ISiloBuilder AddEvaluationCoordinator(this ISiloBuilder silo)
    {
        silo.AddEvaluation(facts => facts with { Coordinates = true });
        silo.Services.AddMetrics();
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.TryAddSingleton<EvaluationInstruments>();
        silo.Services.TryAddSingleton(new ReplicaResilience());
        silo.Services.TryAddSingleton<ReplicaPipelines>();
        silo.Services.TryAddSingleton<SiloFarewells>();
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(services => services.GetRequiredService<SiloFarewells>());
        silo.Services.TryAddSingleton<ReplicaDiscovery>();
        silo.Services.TryAddSingleton<ReplicaSlots>();
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, RunAdoption>();
        silo.Services.TryAddSingleton<ReadingHandover>();
        silo.Services.TryAddSingleton<RunPreparation>();
        silo.Services.TryAddSingleton<RunReporting>();
        silo.Services.TryAddSingleton<IProcessWatch, UnknownProcesses>();
        silo.Services.TryAddSingleton<RunOwnerships>();
        silo.Services.TryAddSingleton<DispatchServices>();
        silo.Services.AddOptionsWithValidateOnStart<EvaluationClusterOptions>();
        silo.Services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<EvaluationClusterOptions>, EvaluationClusterOptionsValidator>());
        return silo;
    }

    /// <summary>
    /// Adds a replica with its own model to this silo. Requires an <c>IImageSource</c> service. Can be combined with
    /// <see cref="AddEvaluationCoordinator"/>. A replica-only silo should have no gateway (port 0): when a gateway dies, client calls
    /// through it hang until they time out.
    /// </summary>
    /// <param name="silo">The silo.</param>
    /// <param name="model">The replica's name and its model, loaded before the silo starts.</param>
    /// <returns>The silo.</returns>
    /// <exception cref="ArgumentException">The name is empty or holds a comma.</exception>
    public static ISiloBuilder AddModelReplica(this ISiloBuilder silo, ReplicaModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (string.IsNullOrWhiteSpace(model.Replica) || model.Replica.Contains(SiloFacts.Separator, StringComparison.Ordinal))
            throw new ArgumentException($"A replica needs a name without commas; found '{model.Replica}'.", nameof(model));
        silo.Services.AddSingleton(model);
        silo.Services.TryAddSingleton<ReplicaModels>();
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.AddEvaluation(facts => facts with { Replicas = facts.Replicas.Add(model.Replica) });
        silo.Services.AddMetrics();
        silo.Services.TryAddSingleton(
            services => new ReplicaDrain(services.GetRequiredService<ReplicaModels>(), services.GetRequiredService<IMeterFactory>()));
        return silo;
    }

    /// <summary>Publishes which stores this silo uses, so that a silo with other ones is refused; see <see cref="SiloAgreement"/>.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="runs">The coordinator's store of runs; null if unknown.</param>
    /// <param name="data">The benchmarks that this silo reads; null if unknown.</param>
    /// <returns>The silo.</returns>
    public static ISiloBuilder PublishStores(this ISiloBuilder silo, StorePlace? runs, StorePlace? data)
    {
        silo.AddEvaluation(facts => facts with { Runs = runs, Data = data });
        return silo;
    }

    /// <summary>Lets a client call the grains of an evaluation cluster.</summary>
    /// <param name="client">The client.</param>
    /// <returns>The client.</returns>
    public static IClientBuilder AddEvaluationClient(this IClientBuilder client)
    {
        client.Services.AddDomainSerialization();
        return client;
    }

    /// <summary>Services of both roles. The facts are collected while the silo is built and published when it starts.</summary>
    private static void AddEvaluation(this ISiloBuilder silo, Func<SiloFacts, SiloFacts> publish)
    {
        var published = silo.Services.Select(service => service.ImplementationInstance).OfType<FactsOfThisSilo>().FirstOrDefault();
        if (published is null)
        {
            published = new FactsOfThisSilo();
            silo.Services.AddSingleton(published);
            silo.UseSiloMetadata(published.Metadata);
            silo.Services.AddDomainSerialization();
            silo.Services.AddSingleton<PublishedFacts>();
            silo.Services.AddSingleton<SiloAgreement>();
            silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, StoreComparison>();
            silo.Services.AddPlacementFilter<CoordinatorPlacementStrategy, CoordinatorPlacementDirector>(ServiceLifetime.Transient);
            silo.AddPlacementDirector<ReplicaPlacementStrategy, ReplicaPlacementDirector>();
            KeepGrainsWhenOthersLeave(silo);
            silo.Configure<ClusterMembershipOptions>(DetectFailuresInSeconds);
            // Stream polls last half of this, which must be less than a client's response time-out.
            silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromSeconds(15));
        }

        published.Publish(publish(published.Facts));
    }

    /// <summary>
    /// The default grain directory of Orleans drops every grain listed on a silo that leaves or dies: runs were restarted, and unrelated
    /// replicas lost their work in flight. This directory asks the remaining silos which grains they host.
    /// </summary>
    private static void KeepGrainsWhenOthersLeave(ISiloBuilder silo)
    {
#pragma warning disable ORLEANSEXP003 // Experimental until it becomes the default; the fault campaign in docs/reliability.md tests it.
        silo.AddDistributedGrainDirectory();
#pragma warning restore ORLEANSEXP003
        // By default the grains of a dead silo stay blocked for half a minute, in case the silo is alive. A run may be active twice for
        // some seconds: the first write of a shard wins.
        silo.Configure<GrainDirectoryOptions>(options => options.RangeLeaseDuration = TimeSpan.Zero);
    }

    /// <summary>
    /// Domain records cross the wire as the same JSON that is stored, so the core needs no Orleans attributes. Exceptions keep Orleans' own
    /// codec.
    /// </summary>
    private static void AddDomainSerialization(this IServiceCollection services) =>
        services.AddSerializer(serializer => serializer.AddJsonSerializer(
            type => type.Namespace is { } name && (name == Domain || name.StartsWith(Domain + ".", StringComparison.Ordinal))
                && !typeof(Exception).IsAssignableFrom(type),
            EvaluationJson.Compact.Options));

    private static readonly string Domain = typeof(EvaluationJson).Namespace!;

    /// <summary>
    /// Declares a hung silo dead after 4 to 8 s instead of the default 15 s or more. Every call to it then fails, and its shards go to other
    /// replicas. A closed connection counts at once, so a killed process is noticed sooner. Reasons and measurements:
    /// <c>docs/reliability.md</c>.
    /// </summary>
    private static void DetectFailuresInSeconds(ClusterMembershipOptions options)
    {
        // A busy machine misses 1 s probes, but not two probes of 2 s.
        options.ProbeTimeout = TimeSpan.FromSeconds(2);
        // The detector adapts to response times and would wait four times as long after some slow ones.
        options.MinProbeTimeout = TimeSpan.FromSeconds(2);
        options.MaxProbeTimeout = TimeSpan.FromSeconds(4);
        options.NumMissedProbesLimit = 2;
        // With one coordinator and one replica, only one silo is left to vote.
        options.NumVotesForDeathDeclaration = 1;
        // Silos that missed the gossip of a death soon read it in the table.
        options.TableRefreshTimeout = TimeSpan.FromSeconds(5);
        options.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(3);
    }
}
