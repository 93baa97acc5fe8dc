using System.Collections.Immutable;
using System.Text.Json;
using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Evaluation.Sharding;

/// <summary>
/// Samples as coordinators hold and send them: UTF-8, one JSON object per line, each line ending with a line feed. Half the size of
/// the objects, nothing for the garbage collector to trace, and created once however often a shard is leased.
/// </summary>
public static class SampleLines
{
    private const byte LineFeed = (byte)'\n';

    /// <summary>Writes samples.</summary>
    /// <param name="samples">The samples.</param>
    /// <returns>The lines.</returns>
    public static byte[] Write(IEnumerable<Sample> samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        using var lines = new MemoryStream();
        foreach (Sample sample in samples)
        {
            JsonSerializer.Serialize(lines, sample, EvaluationJson.Compact.ShapeOf<Sample>());
            lines.WriteByte(LineFeed);
        }

        return lines.ToArray();
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="lines">The lines.</param>
    /// <returns>The samples in the order of the lines.</returns>
    /// <exception cref="JsonException">A line is not a sample.</exception>
    public static ImmutableArray<Sample> Read(ReadOnlySpan<byte> lines)
    {
        var samples = ImmutableArray.CreateBuilder<Sample>();
        foreach (Range line in lines.Split(LineFeed))
        {
            if (!lines[line].IsEmpty)
                samples.Add(JsonSerializer.Deserialize(lines[line], EvaluationJson.Compact.ShapeOf<Sample>()) ?? throw new JsonException("A sample is null."));
        }

        return samples.DrainToImmutable();
    }

    /// <summary>Reads only the ids of the samples.</summary>
    /// <param name="lines">The lines.</param>
    /// <returns>The ids in the order of the lines.</returns>
    /// <exception cref="JsonException">A line is not a sample.</exception>
    public static ImmutableArray<SampleId> ReadIds(ReadOnlySpan<byte> lines)
    {
        var ids = ImmutableArray.CreateBuilder<SampleId>();
        foreach (Range line in lines.Split(LineFeed))
        {
            if (!lines[line].IsEmpty)
                ids.Add(ReadId(lines[line]));
        }

        return ids.DrainToImmutable();
    }

    /// <summary>A range of lines.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="first">The first line, from 0.</param>
    /// <param name="count">How many.</param>
    /// <returns>The lines, a slice of the given memory.</returns>
    public static ReadOnlyMemory<byte> Slice(ReadOnlyMemory<byte> lines, int first, int count)
    {
        int begin = EndOf(lines.Span, first);
        return lines.Slice(begin, EndOf(lines.Span[begin..], count));
    }

    /// <summary>Chosen lines.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="chosen">Which lines, from 0, in ascending order.</param>
    /// <returns>A copy of these lines.</returns>
    public static ReadOnlyMemory<byte> Select(ReadOnlyMemory<byte> lines, ImmutableArray<int> chosen)
    {
        using var selected = new MemoryStream();
        int passed = 0;
        foreach (int line in chosen)
        {
            lines = lines[EndOf(lines.Span, line - passed)..];
            int end = EndOf(lines.Span, 1);
            selected.Write(lines.Span[..end]);
            lines = lines[end..];
            passed = line + 1;
        }

        return selected.ToArray();
    }

    private static SampleId ReadId(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        while (reader.Read())
        {
            if (reader is { TokenType: JsonTokenType.PropertyName, CurrentDepth: 1 } && reader.ValueTextEquals("id"u8) && reader.Read())
                return new SampleId(reader.GetString()!);
        }

        throw new JsonException("A sample has no id.");
    }

    /// <returns>The position after this many lines.</returns>
    private static int EndOf(ReadOnlySpan<byte> lines, int count)
    {
        int end = 0;
        for (int line = 0; line < count; line++)
            end += lines[end..].IndexOf(LineFeed) + 1;
        return end;
    }
}
