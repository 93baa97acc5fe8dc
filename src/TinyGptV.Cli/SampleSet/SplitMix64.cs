namespace TinyGptV.Cli.SampleSet;

/// <summary>SplitMix64: the same numbers from the same seed on every machine and runtime, which System.Random does not promise.</summary>
internal sealed class SplitMix64(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        ulong z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A whole number from 0 to <paramref name="count"/> - 1. The remainder's bias is far below what these small counts could show.</summary>
    public int Below(int count) => (int)(Next() % (ulong)count);

    /// <summary>A whole number from <paramref name="first"/> to <paramref name="last"/>.</summary>
    public int Between(int first, int last) => first + Below(last - first + 1);

    public T Pick<T>(IReadOnlyList<T> items) => items[Below(items.Count)];

    /// <summary>Some of the items, each at most once, in random order.</summary>
    public List<T> Draw<T>(IEnumerable<T> items, int count)
    {
        List<T> rest = [.. items];
        for (int i = 0; i < count; i++)
        {
            int other = Between(i, rest.Count - 1);
            (rest[i], rest[other]) = (rest[other], rest[i]);
        }

        return rest[..count];
    }

    public List<T> Shuffle<T>(IReadOnlyCollection<T> items) => Draw(items, items.Count);
}
