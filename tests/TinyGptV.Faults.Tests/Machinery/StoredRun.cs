using System.Collections.Immutable;

namespace TinyGptV.Faults.Tests.Machinery;

/// <summary>The files of a run, by name within the run.</summary>
internal static class StoredRun
{
    /// <summary>The same files with the same bytes.</summary>
    public static void AssertEqual(ImmutableSortedDictionary<string, string> expected, ImmutableSortedDictionary<string, string> actual)
    {
        Assert.Equal(expected.Keys, actual.Keys);
        Assert.All(expected, file => Assert.Equal(file.Value, actual[file.Key]));
    }
}
