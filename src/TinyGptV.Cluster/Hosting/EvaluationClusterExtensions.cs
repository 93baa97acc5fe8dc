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

namespace TinyGptV.Cluster.Hosting;

/// <summary>Gives silos and clients their part in evaluations. Clustering provider and endpoints are the caller's business.</summary>
public static class EvaluationClusterExtensions
{
    /// <summary>
    /// Lets runs live on this silo. The services must have an <c>IBenchmarkSource</c> and an <c>IRunStore</c>; a <c>TimeProvider</c>
    /// and configured <see cref="EvaluationClusterOptions"/> are used if they are there. May be combined with
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
        silo.Services.TryAddSingleton<ShardDispatch>();
        silo.Services.AddOptionsWithValidateOnStart<EvaluationClusterOptions>();
        silo.Services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<EvaluationClusterOptions>, EvaluationClusterOptionsValidator>());
        return silo;
    }

    /// <summary>
    /// Lets this silo answer for runs, as one replica more with a model of its own. The services must have an <c>IImageSource</c>. May be
    /// combined with <see cref="AddEvaluationCoordinator"/>. A silo that is a replica only should have no gateway (port 0): a client
    /// waits for answers that went through a gateway that died until its calls time out.
    /// </summary>
    /// <param name="silo">The silo.</param>
    /// <param name="model">The replica's model, loaded before the silo starts; it has the replica's name.</param>
    /// <returns>The silo.</returns>
    /// <exception cref="ArgumentException">The name is empty or holds a comma.</exception>
    public static ISiloBuilder AddModelReplica(this ISiloBuilder silo, ReplicaModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (string.IsNullOrWhiteSpace(model.Replica) || model.Replica.Contains(SiloFacts.Separator, StringComparison.Ordinal))
            throw new ArgumentException($"A replica has a name, which holds no comma; found '{model.Replica}'.", nameof(model));
        silo.Services.AddSingleton(model);
        silo.Services.TryAddSingleton<ReplicaModels>();
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.AddEvaluation(facts => facts with { Replicas = facts.Replicas.Add(model.Replica) });
        silo.Services.AddMetrics();
        silo.Services.TryAddSingleton(services => new ReplicaDrain(services.GetRequiredService<ReplicaModels>(), services.GetRequiredService<IMeterFactory>()));
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

    /// <summary>What both roles need. The facts are collected while the silo is built and published when it starts.</summary>
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
            silo.Services.AddPlacementFilter<CoordinatorPlacementStrategy, CoordinatorPlacementDirector>(ServiceLifetime.Transient);
            silo.AddPlacementDirector<ReplicaPlacementStrategy, ReplicaPlacementDirector>();
            KeepGrainsWhenOthersLeave(silo);
            silo.Configure<ClusterMembershipOptions>(DetectFailuresInSeconds);
            // Streams are polled for half of this, which must be less than a client waits for an answer.
            silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromSeconds(15));
        }

        published.Publish(publish(published.Facts));
    }

    /// <summary>
    /// The framework's older directory of grains gives up whatever is listed on a silo that leaves or dies: runs were restarted, and replicas
    /// that had nothing to do with it lost what they had in hand. This one asks the living silos what they hold.
    /// </summary>
    private static void KeepGrainsWhenOthersLeave(ISiloBuilder silo)
    {
#pragma warning disable ORLEANSEXP003 // It is experimental until it becomes the standard; the faults of docs/reliability.md are what tries it.
        silo.AddDistributedGrainDirectory();
#pragma warning restore ORLEANSEXP003
        // It would let nobody have the grains of a silo that died for half a minute, in case that one still lives. A run may live twice for some
        // seconds: whoever writes a shard first counts.
        silo.Configure<GrainDirectoryOptions>(options => options.RangeLeaseDuration = TimeSpan.Zero);
    }

    /// <summary>
    /// Domain records cross the wire as the JSON that lies on disk, so that the core needs no attribute of the framework. Exceptions
    /// keep the framework's own codec.
    /// </summary>
    private static void AddDomainSerialization(this IServiceCollection services) =>
        services.AddSerializer(serializer => serializer.AddJsonSerializer(
            type => type.Namespace is { } name && (name == Domain || name.StartsWith(Domain + ".", StringComparison.Ordinal))
                && !typeof(Exception).IsAssignableFrom(type),
            EvaluationJson.Compact.Options));

    private static readonly string Domain = typeof(EvaluationJson).Namespace!;

    /// <summary>
    /// A silo that hangs is declared dead after 4 to 8 s instead of the framework's 15 s or more; with the declaration every call
    /// to it fails, so that its shards go on elsewhere. A closed connection counts at once, a killed process therefore costs less.
    /// <c>docs/reliability.md</c> has the reasons and what was measured.
    /// </summary>
    private static void DetectFailuresInSeconds(ClusterMembershipOptions options)
    {
        // 1 s probes are missed by a machine that is merely busy; two of 2 s are not.
        options.ProbeTimeout = TimeSpan.FromSeconds(2);
        // The detector learns how long answers take, and would wait four times as long after some slow ones.
        options.MinProbeTimeout = TimeSpan.FromSeconds(2);
        options.MaxProbeTimeout = TimeSpan.FromSeconds(4);
        options.NumMissedProbesLimit = 2;
        // A cluster of one coordinator and one replica has one silo left to vote.
        options.NumVotesForDeathDeclaration = 1;
        // Those who missed the gossip of a death read of it soon.
        options.TableRefreshTimeout = TimeSpan.FromSeconds(5);
        options.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(3);
    }
}
