using System.Collections.Frozen;

namespace TinyGptV.Evaluation.Benchmarks.Formats;

/// <summary>VSR's seven categories of relations. The authors list <c>among</c> twice; the last category, Unallocated, wins.</summary>
internal static class VsrCategories
{
    private static readonly FrozenDictionary<string, string> ByRelation = new Dictionary<string, string>
    {
        ["Adjacency"] = "adjacent to, alongside, at the side of, at the right side of, at the left side of, attached to, at the back of, ahead of, against, "
            + "at the edge of",
        ["Directional"] = "off, past, toward, down, deep down, up, away from, along, around, from, into, to, across, across from, through, down from",
        ["Orientation"] = "facing, facing away from, parallel to, perpendicular to",
        ["Projective"] = "on top of, beneath, beside, behind, left of, right of, under, in front of, below, above, over, in the middle of",
        ["Proximity"] = "by, close to, near, far from, far away from",
        ["Topological"] = "connected to, detached from, has as a part, part of, contains, within, at, on, in, with, surrounding, "
            + "consists of, out of, between, inside, outside, touching",
        ["Unallocated"] = "beyond, next to, opposite to, after, among, enclosed by",
    }.SelectMany(category => category.Value.Split(", "), (category, relation) => (category.Key, relation))
        .ToFrozenDictionary(pair => pair.relation, pair => pair.Key, StringComparer.Ordinal);

    /// <summary>The category of a relation; null if the authors list none.</summary>
    public static string? Of(string relation) => ByRelation.GetValueOrDefault(relation);
}
