using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Azure.Storage.Blobs;
using TinyGptV.Faults.Tests.Plans;
using TinyGptV.Throughput;

namespace TinyGptV.Faults.Tests.Machinery;

/// <summary>
/// A realistic cluster: two coordinators and three scripted replicas, each a process on its own host; Redis for membership, a Blob service
/// for runs, and a supervisor that restarts every process. All plans use the same cluster.
/// </summary>
public sealed class FaultyCluster : IAsyncLifetime
{
    private const int Samples = 800;
    private const string RunOfBaseline = "without-any-fault";

    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "tinygptv");
    private static readonly TimeSpan LongerThanTheDetector = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SomeTime = TimeSpan.FromSeconds(5);

    /// <summary>Far longer than any plan takes; a run that never ends fails the test instead of hanging the build.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly TemporaryFolder _folder = new();
    private readonly AzuriteServer _azurite = new();
    private readonly List<SupervisedProgram> _coordinators = [];
    private readonly List<SupervisedProgram> _replicas = [];
    private HostNetwork _network = null!;
    private DurableRedis _redis = null!;
    private FaultyProxy _storage = null!;
    private BlobContainerClient _container = null!;

    /// <summary>A single-process run without faults: file names and contents.</summary>
    public ImmutableSortedDictionary<string, string> Baseline { get; private set; } = ImmutableSortedDictionary<string, string>.Empty;

    private int Shards => Baseline.Keys.Count(name => name.Contains("/shard-", StringComparison.Ordinal));

    public async ValueTask InitializeAsync()
    {
        SyntheticBenchmark.Write(_folder["data"], Samples);
        await MakeBaselineAsync();
        await _azurite.InitializeAsync();
        _network = HostNetwork.Create(FaultPlan.Coordinators + FaultPlan.Replicas);
        _storage = new FaultyProxy(_azurite.Endpoint, _network.Gateway);
        _container = new BlobContainerClient(_azurite.ConnectionString, "campaign");
        _redis = await DurableRedis.StartAsync(_folder["redis"], _network.Gateway, TestContext.Current.CancellationToken);
        for (int i = 0; i < FaultPlan.Coordinators; i++)
            _coordinators.Add(StartSilo(i, "--role", "coordinator", "--name", $"c{i + 1}", "--gateway-port", "30000"));
        for (int i = 0; i < FaultPlan.Replicas; i++)
            _replicas.Add(StartSilo(FaultPlan.Coordinators + i, "--role", "replica", "--name", $"r{i + 1}", "--scripted", "20", "--batch", "2"));
        await WhenReadyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (SupervisedProgram silo in _replicas.Concat(_coordinators))
            await silo.DisposeAsync();
        if (_redis is not null)
            await _redis.DisposeAsync();
        if (_storage is not null)
            await _storage.DisposeAsync();
        await _azurite.DisposeAsync();
        _network?.Dispose();
        _folder.Dispose();
    }

    /// <summary>Runs the benchmark once while injecting the plan's faults, and reads the stored files at the end.</summary>
    public async Task<FaultOutcome> RunAsync(FaultPlan plan, CancellationToken cancellationToken)
    {
        string run = string.Create(CultureInfo.InvariantCulture, $"plan-{plan.Seed}");
        var shards = new ShardWatch(run);
        _storage.Served += shards.Served;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        long began = Stopwatch.GetTimestamp();
        await using SupervisedProgram eval = StartEvaluation(run);
        try
        {
            List<Task> recoveries = [];
            foreach (Blow blow in plan.Blows)
            {
                await shards.WhenAsync((int)Math.Ceiling(blow.At * Shards)).WaitAsync(patience.Token);
                recoveries.Add(StrikeAsync(blow, patience.Token));
            }

            await eval.WhenDone.WaitAsync(patience.Token);
            TimeSpan duration = Stopwatch.GetElapsedTime(began);
            await Task.WhenAll(recoveries);
            await WhenReadyAsync().WaitAsync(patience.Token);
            return new FaultOutcome(plan, duration, shards.Refused, eval.Starts, await ReadAsync(run, cancellationToken));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException(
                $"{string.Join(", ", plan.Blows)}: the run did not finish; {shards.Now.Count} of {Shards} shards stored.\n{Transcripts(eval)}");
        }
        finally
        {
            _storage.Served -= shards.Served;
            (_storage.IsDown, _storage.Schedule) = (false, FaultSchedule.Fair);
            _network.Heal();
        }
    }

    /// <summary>Runs the benchmark once and kills every silo several times.</summary>
    /// <param name="run">The run.</param>
    /// <param name="moments">The numbers of stored shards at which to kill all silos, ascending.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <returns>The files at the end, and the shards that were written again although they were stored before the second last kill.</returns>
    public async Task<(ImmutableSortedDictionary<string, string> Files, ImmutableArray<string> WrittenAgain)> KillAgainAndAgainAsync(
        string run, IEnumerable<int> moments, CancellationToken cancellationToken)
    {
        var shards = new ShardWatch(run);
        IReadOnlySet<string> beforeKill = shards.Now;
        var writtenAgain = new List<string>();
        _storage.Served += shards.Served;
        _storage.Served += Watch;
        try
        {
            await using SupervisedProgram eval = StartEvaluation(run);
            foreach (int moment in moments)
            {
                await shards.WhenAsync(moment).WaitAsync(Patience, cancellationToken);
                KillEverything();
                beforeKill = shards.Now;
            }

            await eval.WhenDone.WaitAsync(Patience, cancellationToken);
        }
        finally
        {
            _storage.Served -= shards.Served;
            _storage.Served -= Watch;
        }

        await WhenReadyAsync();
        return (await ReadAsync(run, cancellationToken), [.. writtenAgain]);

        void Watch(string method, string path, int status)
        {
            string name = path.Split('?')[0].Split('/')[^1];
            // A write in flight when the silos died may still arrive; that is not repeated work.
            if (method == "PUT" && status is 409 or 412 && path.Contains($"/{run}/", StringComparison.Ordinal) && beforeKill.Contains(name))
                lock (writtenAgain)
                    writtenAgain.Add(name);
        }
    }

    private async Task StrikeAsync(Blow blow, CancellationToken cancellationToken)
    {
        SupervisedProgram coordinator = _coordinators[blow.Coordinator], replica = _replicas[blow.Replica];
        switch (blow.Kind)
        {
            case BlowKind.KillReplica:
                replica.Signal("KILL");
                break;
            case BlowKind.KillCoordinator:
                coordinator.Signal("KILL");
                break;
            case BlowKind.KillCoordinators:
                _coordinators.ForEach(silo => silo.Signal("KILL"));
                break;
            case BlowKind.KillEverything:
                KillEverything();
                break;
            case BlowKind.StopReplica:
                replica.Signal("TERM");
                break;
            case BlowKind.StopCoordinator:
                coordinator.Signal("TERM");
                break;
            case BlowKind.FreezeReplica:
                await FreezeAsync(replica, cancellationToken);
                break;
            case BlowKind.FreezeCoordinator:
                await FreezeAsync(coordinator, cancellationToken);
                break;
            case BlowKind.StorageFails:
                _storage.Schedule = new FaultSchedule(blow.Replica, rate: 0.5);
                await Task.Delay(SomeTime, cancellationToken);
                _storage.Schedule = FaultSchedule.Fair;
                break;
            case BlowKind.StorageGone:
                _storage.IsDown = true;
                await Task.Delay(SomeTime, cancellationToken);
                _storage.IsDown = false;
                break;
            case BlowKind.MembershipGone:
                await _redis.KillAsync();
                await Task.Delay(TimeSpan.FromSeconds(30), cancellationToken);
                await _redis.StartAsync(cancellationToken);
                break;
            case BlowKind.PartitionPair:
                _network.Separate(blow.Coordinator, FaultPlan.Coordinators + blow.Replica);
                await Task.Delay(LongerThanTheDetector, cancellationToken);
                _network.Heal();
                break;
            case BlowKind.PartitionSilo:
                _network.CutOff(FaultPlan.Coordinators + blow.Replica);
                await Task.Delay(LongerThanTheDetector, cancellationToken);
                _network.Heal();
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(blow), blow.Kind, "Unknown fault.");
        }
    }

    private static async Task FreezeAsync(SupervisedProgram silo, CancellationToken cancellationToken)
    {
        silo.Signal("STOP");
        await Task.Delay(LongerThanTheDetector, cancellationToken);
        silo.Signal("CONT");
    }

    private void KillEverything() => _coordinators.Concat(_replicas).ToList().ForEach(silo => silo.Signal("KILL"));

    private Task WhenReadyAsync() => Task.WhenAll(_coordinators.Concat(_replicas).Select(silo => silo.WhenReady)).WaitAsync(Patience);

    private async Task MakeBaselineAsync()
    {
        await using SupervisedProgram eval = SupervisedProgram.Start(
            [Program, "eval", "--scripted", "0", "--batch", "2", "--data", _folder["data"], "--runs", _folder["runs"], "--run", RunOfBaseline, .. Settings],
            [],
            isJob: true);
        await eval.WhenDone.WaitAsync(Patience);
        string runs = _folder["runs", RunOfBaseline];
        Baseline = Comparable(RunOfBaseline, Directory.EnumerateFiles(runs, "*", SearchOption.AllDirectories)
            .ToDictionary(path => Path.GetRelativePath(runs, path), File.ReadAllText));
    }

    private static ImmutableArray<string> Settings => ["--benchmarks", "gqa", "--shard-size", "8"];

    private SupervisedProgram StartSilo(int host, params string[] role) => SupervisedProgram.Start(
        _network.On(host, [Program, "silo", .. role, "--advertise", _network.AddressOf(host), "--silo-port", "11111", "--grace", "10"]),
        Variables,
        isJob: false);

    private SupervisedProgram StartEvaluation(string run) =>
        SupervisedProgram.Start([Program, "eval", "--run", run, .. Settings], ClientVariables, isJob: true);

    private IEnumerable<KeyValuePair<string, string>> ClientVariables =>
    [
        new("TINYGPTV_CLUSTERING", "redis"), new("TINYGPTV_MEMBERSHIP", _redis.Address), new("TINYGPTV_CLUSTER_ID", "campaign"), new("TINYGPTV_WAIT", "120"),
    ];

    private IEnumerable<KeyValuePair<string, string>> Variables =>
    [
        .. ClientVariables, new("TINYGPTV_DATA", _folder["data"]), new("TINYGPTV_RUNS", $"{_storage.Endpoint}/campaign"),
        new("TINYGPTV_STORAGE_CONNECTION", _azurite.ConnectionStringAt(_storage.Endpoint)),
    ];

    private async Task<ImmutableSortedDictionary<string, string>> ReadAsync(string run, CancellationToken cancellationToken)
    {
        var files = new Dictionary<string, string>();
        await foreach (var blob in _container.GetBlobsAsync(new() { Prefix = run + "/" }, cancellationToken))
        {
            var content = await _container.GetBlobClient(blob.Name).DownloadContentAsync(cancellationToken);
            files.Add(blob.Name[(run.Length + 1)..], content.Value.Content.ToString());
        }

        return Comparable(run, files);
    }

    /// <summary>Drops the parts that depend on time and place, and normalises the run's name.</summary>
    private static ImmutableSortedDictionary<string, string> Comparable(string run, IReadOnlyDictionary<string, string> files) => files
        .Where(file => file.Key is not ("timings.json" or "state.json" or "owner.json") && !file.Key.StartsWith(".owner/", StringComparison.Ordinal))
        .ToImmutableSortedDictionary(file => file.Key, file => file.Value.Replace(run, "RUN", StringComparison.Ordinal), StringComparer.Ordinal);

    private string Transcripts(SupervisedProgram eval) => string.Join("\n", _coordinators.Select((silo, i) => ($"coordinator {i + 1}", silo))
        .Concat(_replicas.Select((silo, i) => ($"replica {i + 1}", silo))).Append(("eval", eval)).Select(one => $"--- {one.Item1}\n{one.Item2.Transcript}"));
}

/// <summary>The outcome of a plan.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Duration">From the start of the client to its end.</param>
/// <param name="RefusedWrites">Shards that were already stored when they were to be written.</param>
/// <param name="ClientStarts">How often the client was started until it succeeded.</param>
/// <param name="Files">The stored files, by name within the run.</param>
public sealed record FaultOutcome(FaultPlan Plan, TimeSpan Duration, int RefusedWrites, int ClientStarts, ImmutableSortedDictionary<string, string> Files);
