using System.Collections.Immutable;

namespace TinyGptV.Faults.Tests.Plans;

/// <summary>The faults that a run must survive: a function of the seed.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Blows">One to three faults in the order of injection.</param>
public sealed record FaultPlan(int Seed, ImmutableArray<Blow> Blows)
{
    public const int Coordinators = 2;
    public const int Replicas = 3;

    private static readonly ImmutableArray<BlowKind> Kinds = [.. Enum.GetValues<BlowKind>()];

    /// <summary>Plans before this seed have one fault, so that every kind is seen alone; later ones have up to three.</summary>
    public const int FirstOfMany = 20;

    /// <summary>
    /// The first fault's kind cycles with the seed, so consecutive seeds cover every kind; the rest is random. At most one fault of a plan
    /// removes the membership store, since that costs half a minute.
    /// </summary>
    public static FaultPlan Create(int seed)
    {
        var random = new Random(seed);
        BlowKind first = Kinds[seed % Kinds.Length];
        var kinds = Enumerable.Range(0, seed < FirstOfMany ? 0 : random.Next(3))
            .Select(_ => Kinds[random.Next(Kinds.Length)])
            .Where(kind => kind != BlowKind.MembershipGone)
            .Prepend(first)
            .ToArray();
        double[] times = [.. kinds.Select(_ => 0.05 + (0.85 * random.NextDouble())).Order()];
        return new FaultPlan(seed, [.. kinds.Zip(times, (kind, at) => new Blow(kind, random.Next(Coordinators), random.Next(Replicas), at))]);
    }
}
