namespace TinyGptV.Evaluation;

/// <summary>SplitMix64: the same sequence for a seed on every machine and runtime, which System.Random does not guarantee.</summary>
/// <param name="seed">The seed.</param>
public sealed class SplitMix64(ulong seed)
{
    private ulong _state = seed;

    /// <summary>The next number.</summary>
    /// <returns>A 64-bit number.</returns>
    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        ulong z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>An integer from 0 to <paramref name="count"/> - 1. Its bias, at most count / 2^64, is negligible.</summary>
    /// <param name="count">How many values to choose from, at least 1.</param>
    /// <returns>The number.</returns>
    public int Below(int count) => (int)Math.BigMul(Next(), (ulong)count, out _);
}
