using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Polly.CircuitBreaker;

namespace TinyGptV.Storage.Resilience;

/// <summary>The metrics of storage, under the meter <see cref="MeterName"/>; Polly's own meter counts attempts, pauses and hedges.</summary>
public static class StorageInstruments
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "TinyGptV.Storage";

    private static readonly ConcurrentDictionary<string, CircuitBreakerStateProvider> Circuits = new(StringComparer.Ordinal);
    private static readonly Meter Meter = new(MeterName);

    private static readonly Counter<long> Hits = Meter.CreateCounter<long>(
        "tinygptv.storage.cache.hits", "{file}", "Images and checkpoint files found in the disk cache");

    private static readonly Counter<long> Misses = Meter.CreateCounter<long>(
        "tinygptv.storage.cache.misses", "{file}", "Images and checkpoint files that had to be downloaded");

    private static readonly Counter<long> Damaged = Meter.CreateCounter<long>(
        "tinygptv.storage.cache.damaged", "{file}", "Cached files that no longer matched their digest and were downloaded again");

    private static readonly Counter<long> Evicted = Meter.CreateCounter<long>(
        "tinygptv.storage.cache.evicted", "By", "Bytes removed from the disk cache to stay within its limit");

    private static readonly Counter<long> Downloaded = Meter.CreateCounter<long>("tinygptv.storage.downloaded", "By", "Bytes read from storage");

    static StorageInstruments()
    {
        Meter.CreateObservableGauge(
            "tinygptv.storage.circuit",
            () => Circuits.Select(circuit => new Measurement<int>((int)circuit.Value.CircuitState, new KeyValuePair<string, object?>("account", circuit.Key))),
            description: "The circuit breaker of a storage account: 0 closed, 1 open, 2 half open, 3 isolated");
        // Starting at 0 makes the first event of a rare kind visible as an increase.
        foreach (Counter<long> counter in (Counter<long>[])[Hits, Misses, Damaged, Evicted, Downloaded])
            counter.Add(0);
    }

    internal static void WatchCircuit(string account, CircuitBreakerStateProvider state) => Circuits[account] = state;

    internal static void Hit() => Hits.Add(1);

    internal static void Missed() => Misses.Add(1);

    internal static void FoundDamaged() => Damaged.Add(1);

    internal static void Evict(long bytes) => Evicted.Add(bytes);

    internal static void Download(long bytes) => Downloaded.Add(bytes);
}
