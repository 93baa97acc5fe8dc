using System.Collections.Immutable;
using TinyGptV.Model.Language;

namespace TinyGptV.Model.Engine.Caches;

/// <summary>
/// Keys and values of prompts that came lately. A prompt that begins like one of them, up to its image at least, begins with a view of them, so
/// that only the rest is computed. What counts is the content: the tokens and the image's digest. Used by the engine's thread alone.
/// </summary>
/// <param name="capacity">Bytes that are kept beyond the requests in flight; 0 shares nothing.</param>
internal sealed class PromptPrefixes(long capacity)
{
    private const int MostEntries = 256; // so that looking through them stays cheap

    private readonly List<Entry> _entries = []; // most recently used last

    /// <summary>Bytes that are kept. What two prompts share counts twice.</summary>
    public long Bytes => _entries.Sum(entry => entry.Cache.Bytes);

    /// <summary>A cache for a prompt whose rows join the next step.</summary>
    /// <param name="image">Digest of the image.</param>
    /// <param name="before">Tokens before the image.</param>
    /// <param name="imageRows">Number of the image's vectors.</param>
    /// <param name="after">Tokens after the image.</param>
    /// <param name="extra">Room for this many rows after the prompt.</param>
    /// <param name="newCache">Makes a cache of a capacity.</param>
    /// <returns>
    /// The cache, disposed by the caller. Its length says how many rows need not be computed: none, or all up to the image and perhaps
    /// some tokens, but never the last one, whose result is asked for.
    /// </returns>
    public KvCache Begin(
        string image, ImmutableArray<int> before, int imageRows, ImmutableArray<int> after, int extra, Func<int, KvCache> newCache)
    {
        int head = before.Length + imageRows, rows = head + after.Length;
        (Entry? best, int common) = Longest(image, before, after);
        if (best is null)
            return Keep(new Entry(image, before, after, newCache(rows + extra)));
        KvCache cache = best.Cache.ForkAt(head + common, after.Length - common + extra);
        if (common < after.Length / 2) // another template: questions of its kind will follow
            return Keep(new Entry(image, before, after, cache));
        _entries.Remove(best);
        _entries.Add(best);
        return cache;
    }

    /// <summary>Releases all.</summary>
    public void Clear()
    {
        foreach (Entry entry in _entries)
            entry.Cache.Dispose();
        _entries.Clear();
    }

    private (Entry? Best, int Common) Longest(string image, ImmutableArray<int> before, ImmutableArray<int> after)
    {
        (Entry? Best, int Common) longest = (null, -1);
        foreach (Entry entry in _entries)
        {
            if (entry.Image != image || !entry.Before.AsSpan().SequenceEqual(before.AsSpan()))
                continue;
            int common = Math.Min(entry.After.AsSpan().CommonPrefixLength(after.AsSpan()), after.Length - 1);
            if (common > longest.Common)
                longest = (entry, common);
        }

        return longest;
    }

    private KvCache Keep(Entry entry)
    {
        if (entry.Cache.Bytes > capacity)
            return entry.Cache;
        _entries.Add(entry with { Cache = entry.Cache.Share() });
        while (Bytes > capacity || _entries.Count > MostEntries)
        {
            _entries[0].Cache.Dispose();
            _entries.RemoveAt(0);
        }

        return entry.Cache;
    }

    private sealed record Entry(string Image, ImmutableArray<int> Before, ImmutableArray<int> After, KvCache Cache);
}
