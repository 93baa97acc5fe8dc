using TinyGptV.Evaluation;

namespace TinyGptV.SamplePainter;

/// <summary>Random picks; the same seed gives the same picks on every machine. The bytes of the shipped samples depend on this code.</summary>
internal sealed class RandomPicks(ulong seed)
{
    private readonly SplitMix64 _numbers = new(seed);

    /// <summary>A whole number from 0 to <paramref name="count"/> - 1. The modulo bias is negligible for such small counts.</summary>
    public int Below(int count) => (int)(_numbers.Next() % (ulong)count);

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
