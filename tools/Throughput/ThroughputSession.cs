using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using TinyGptV.Cli.Display;
using TinyGptV.Cli.Verbs;
using TinyGptV.Cluster.Client;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Hosting;
using TinyGptV.Hosting.Logging;
using TinyGptV.Hosting.Membership;

namespace TinyGptV.Throughput;

/// <summary>
/// Measures the throughput of a coordinator: silos in separate processes, a real store, scripted replicas. For each cluster size,
/// starts new processes and evaluates a benchmark that grows with it.
/// </summary>
/// <param name="environment">Where text goes.</param>
internal sealed partial class ThroughputSession(ProgramEnvironment environment)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(ThroughputOptions options, CancellationToken cancellationToken)
    {
        string data = Path.Combine(options.Folder, "data");
        int most = options.Replicas.Max() * options.SamplesPerReplica;
        await environment.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"Writing a benchmark of {most:N0} samples to {data}"));
        SyntheticBenchmark.Write(data, most);

        var measurements = ImmutableArray.CreateBuilder<ThroughputMeasurement>();
        foreach (int replicas in options.Replicas.Order())
        {
            await environment.Error.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"{replicas} replicas, {replicas * options.SamplesPerReplica:N0} samples"));
            ThroughputMeasurement measured = await MeasureAsync(options, data, replicas, cancellationToken);
            ThroughputMeasurement smallest = measurements.FirstOrDefault() ?? measured;
            double efficiency = measured.SamplesPerSecond / measured.Replicas / (smallest.SamplesPerSecond / smallest.Replicas);
            measurements.Add(measured with { Efficiency = efficiency });
        }

        await WriteAsync(measurements.DrainToImmutable(), options.Format);
        return ExitCode.Success;
    }

    private async Task<ThroughputMeasurement> MeasureAsync(ThroughputOptions options, string data, int replicas, CancellationToken cancellationToken)
    {
        string runs = Path.Combine(options.Folder, string.Create(CultureInfo.InvariantCulture, $"runs-{replicas}"));
        var silos = new List<SiloProcess>(); // the coordinator first, so that it ends before it can miss a replica
        try
        {
            SiloProcess coordinator = await SiloProcess.StartAsync(
                ["--role", "coordinator", "--name", "c", "--silo-port", "0", "--gateway-port", "0", "--data", data, "--runs", runs], cancellationToken);
            silos.Add(coordinator);
            Match addresses = Addresses.Match(coordinator.Ready);
            foreach ((int process, int count) in Divide(replicas, options.Processes))
                silos.Add(await SiloProcess.StartAsync(ReplicaArguments(options, data, addresses.Groups["silo"].Value, process, count), cancellationToken));
            var entrance = new ClusterEntrance
            {
                Gateways = [ClusterAddress.Parse(addresses.Groups["gateway"].Value)],
                Membership = new MembershipOptions(),
                Wait = Patience,
            };
            await using ClusterAccess cluster = await ClusterAccess.JoinAsync(
                entrance, environment.Error, environment.Time, new LogOptions(), cancellationToken);
            return await EvaluateAsync(cluster, coordinator, options, runs, replicas, cancellationToken);
        }
        finally
        {
            foreach (SiloProcess silo in silos)
                await silo.DisposeAsync();
        }
    }

    /// <summary>Divides replicas among processes as evenly as possible.</summary>
    internal static IEnumerable<(int Process, int Replicas)> Divide(int replicas, int processes) => Enumerable.Range(0, Math.Min(processes, replicas))
        .Select(process => (process + 1, (replicas / Math.Min(processes, replicas)) + (process < replicas % Math.Min(processes, replicas) ? 1 : 0)));

    private static IEnumerable<string> ReplicaArguments(ThroughputOptions options, string data, string primary, int process, int count) =>
        ((string[])[
            "--role", "replica", "--name", $"p{process}", "--primary", primary, "--data", data,
            "--scripted", $"{options.Delay.TotalMilliseconds:0}", "--batch", $"{options.Concurrency}", "--replicas", $"{count}",
        ]).Select(argument => argument.ToString(CultureInfo.InvariantCulture));

    private async Task<ThroughputMeasurement> EvaluateAsync(
        ClusterAccess cluster, SiloProcess coordinator, ThroughputOptions options, string runs, int replicas, CancellationToken cancellationToken)
    {
        var request = new RunRequest
        {
            Run = new RunId("throughput"),
            Benchmarks = [new BenchmarkName("gqa")],
            ShardSize = options.ShardSize,
            Limit = replicas * options.SamplesPerReplica,
        };
        await StartAsync(cluster, request, cancellationToken);
        long? trafficBefore = null, trafficAfter = null;
        long memory = 0;
        await foreach (RunProgress progress in cluster.Grains.FollowAsync(request.Run!.Value, cancellationToken))
        {
            if (progress.Phase == RunPhase.Failed)
                throw new PrerequisiteException($"The measured run failed: {progress.Problem}");
            if (progress.Phase != RunPhase.Running || progress.Benchmarks.All(benchmark => benchmark.Predicted == benchmark.Samples))
                continue;
            trafficBefore ??= LoopbackTraffic.Read();
            trafficAfter = LoopbackTraffic.Read();
            memory = Math.Max(memory, coordinator.Memory);
        }

        string timings = Path.Combine(runs, request.Run.Value.Value, "timings.json");
        RunTimings timed = JsonSerializer.Deserialize(await File.ReadAllTextAsync(timings, cancellationToken), EvaluationJson.Compact.ShapeOf<RunTimings>())!;
        return new ThroughputMeasurement
        {
            Replicas = replicas,
            Samples = timed.Samples,
            Seconds = timed.Seconds,
            SamplesPerSecond = timed.SamplesPerSecond,
            Efficiency = 1,
            CoordinatorMemory = memory,
            CoordinatorPeakMemory = coordinator.PeakMemory,
            CoordinatorProcessorSeconds = coordinator.ProcessorTime.TotalSeconds,
            BytesPerSample = (trafficAfter - trafficBefore) / (double)timed.Samples,
        };
    }

    private async Task StartAsync(ClusterAccess cluster, RunRequest request, CancellationToken cancellationToken)
    {
        var catalog = cluster.Grains.GetGrain<IRunCatalogGrain>(0);
        RunStart? start = null;
        await Polling.UntilAsync(IsDecidedAsync, environment.Time, cancellationToken, Patience);
        if (start is not { Status: RunStartStatus.Started })
            throw new PrerequisiteException($"The measured run was not started: {start?.Problem}");

        async Task<bool> IsDecidedAsync() =>
            (start = await catalog.StartAsync(request, cancellationToken).SingleAsync(cancellationToken)).Status != RunStartStatus.NoReplica;
    }

    private async Task WriteAsync(ImmutableArray<ThroughputMeasurement> measurements, OutputFormat format)
    {
        if (format == OutputFormat.Json)
        {
            await JsonDisplay.WriteAsync(measurements, environment.Output);
            return;
        }

        var table = new TextTable(
            ">Replicas", ">Samples", ">Seconds", ">Samples/s", ">Efficiency %", ">Coordinator MB", ">Peak MB", ">Coordinator CPU s", ">Bytes/sample");
        foreach (ThroughputMeasurement one in measurements)
        {
            table.Add(
                Number(one.Replicas), Number(one.Samples), Fraction(one.Seconds), Number(one.SamplesPerSecond), Fraction(100 * one.Efficiency),
                Number(one.CoordinatorMemory / 1e6), Number(one.CoordinatorPeakMemory / 1e6), Fraction(one.CoordinatorProcessorSeconds),
                one.BytesPerSample is { } bytes ? Number(bytes) : "-");
        }

        await table.WriteToAsync(environment.Output);
    }

    private static string Number(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Fraction(double value) => value.ToString("N1", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"silo (?<silo>\S+), gateway (?<gateway>\S+), ")]
    private static partial Regex Addresses { get; }
}
