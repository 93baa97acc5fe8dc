using System.Text.RegularExpressions;

namespace TinyGptV.Cli.Tests;

/// <summary>The log lines of a replica about its shards, with <c>--verbose</c>.</summary>
internal static partial class ReplicaLog
{
    [GeneratedRegex(@"Replica \S+: run \S+, shard (\d+) started")]
    public static partial Regex Begins { get; }

    [GeneratedRegex(@"Replica \S+: run \S+, shard (\d+) done")]
    public static partial Regex IsDone { get; }

    /// <summary>The shards in lines of one kind.</summary>
    public static IEnumerable<int> ShardsOf(Regex line, ProgramProcess replica) =>
        line.Matches(replica.Transcript).Select(match => int.Parse(match.Groups[1].ValueSpan));
}
