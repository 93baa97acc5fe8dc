using System.Collections.Concurrent;
using System.Collections.Immutable;
using TinyGptV.Evaluation;

namespace TinyGptV.Fixtures.Storage;

/// <summary>What a <see cref="FaultyProxy"/> does to a request.</summary>
public enum Fault
{
    None,

    /// <summary>Answers 500, 503 or 409; the service never sees the request.</summary>
    InternalError, Busy, Conflict,

    /// <summary>Cuts the connection; the service never sees the request.</summary>
    CutBefore,

    /// <summary>Forwards the request, then cuts the connection instead of answering.</summary>
    CutAfter,

    /// <summary>Forwards the request, then answers 500 instead.</summary>
    ErrorAfter,

    /// <summary>Sends half of the response body, then cuts the connection.</summary>
    CutInBody,

    /// <summary>Holds the request for <see cref="FaultSchedule.Hold"/>, so that clients time out, then forwards it.</summary>
    Late,
}

/// <summary>Which request gets which fault: a function of the seed and the request's number.</summary>
/// <param name="seed">The seed; the same seed gives the same faults.</param>
/// <param name="rate">The share of requests with a fault, 0 to 1.</param>
public sealed class FaultSchedule(int seed, double rate)
{
    private static readonly ImmutableArray<Fault> Faults = [.. Enum.GetValues<Fault>().Where(fault => fault != Fault.None)];

    private readonly ConcurrentDictionary<Fault, int> _met = new();

    /// <summary>How long <see cref="Fault.Late"/> holds a request. Default: 1 s.</summary>
    public TimeSpan Hold { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How many requests have had each fault so far.</summary>
    public IReadOnlyDictionary<Fault, int> Met => _met;

    /// <summary>A schedule without faults.</summary>
    public static FaultSchedule Fair { get; } = new(seed: 0, rate: 0);

    /// <summary>The fault of a request.</summary>
    /// <param name="number">The request's number since the schedule started, from 0.</param>
    public Fault Next(int number)
    {
        ulong chance = Mix(((ulong)(uint)seed << 32) | (uint)number);
        Fault fault = Scripted(number) ?? (chance * (1.0 / ulong.MaxValue) < rate ? Faults[(int)(Mix(chance) % (uint)Faults.Length)] : Fault.None);
        _met.AddOrUpdate(fault, 1, (_, count) => count + 1);
        return fault;
    }

    /// <summary>Faults for the first requests, in order; after them the seed decides.</summary>
    public ImmutableArray<Fault> Script { get; init; } = [];

    private Fault? Scripted(int number) => number < Script.Length ? Script[number] : null;

    // A seeded System.Random is not a hash: its first numbers for neighbouring seeds follow a pattern.
    private static ulong Mix(ulong value) => new SplitMix64(value).Next();
}
