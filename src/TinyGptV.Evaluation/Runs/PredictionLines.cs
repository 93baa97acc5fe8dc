using System.Collections.Immutable;
using System.Text.Json;

namespace TinyGptV.Evaluation.Runs;

/// <summary>The stored form of predictions: UTF-8, one JSON object per line, each line ending with a line feed.</summary>
public static class PredictionLines
{
    private const byte LineFeed = (byte)'\n';

    /// <summary>Writes predictions.</summary>
    /// <param name="predictions">The predictions.</param>
    /// <returns>The lines; the same bytes for the same predictions.</returns>
    public static byte[] Write(IEnumerable<Prediction> predictions)
    {
        ArgumentNullException.ThrowIfNull(predictions);
        using var lines = new MemoryStream();
        foreach (Prediction prediction in predictions)
        {
            JsonSerializer.Serialize(lines, prediction, EvaluationJson.Compact.ShapeOf<Prediction>());
            lines.WriteByte(LineFeed);
        }

        return lines.ToArray();
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="lines">The bytes of the whole file.</param>
    /// <param name="name">The file's name, for messages.</param>
    /// <returns>The predictions in the order of the lines.</returns>
    /// <exception cref="PrerequisiteException">A line is malformed or cut off; the message names file and line.</exception>
    public static ImmutableArray<Prediction> Read(ReadOnlySpan<byte> lines, string name) => ReadEach(
        lines, name, line => JsonSerializer.Deserialize(line, EvaluationJson.Compact.ShapeOf<Prediction>()) ?? throw new JsonException("the line is null"));

    /// <summary>Reads only the outline of each line, which is several times faster.</summary>
    /// <param name="lines">The bytes of the whole file.</param>
    /// <param name="name">The file's name, for messages.</param>
    /// <returns>The outlines, in the order of the lines.</returns>
    /// <exception cref="PrerequisiteException">A line is malformed or cut off; the message names file and line.</exception>
    public static ImmutableArray<PredictionOutline> Outline(ReadOnlySpan<byte> lines, string name) => ReadEach(lines, name, PredictionOutline.Read);

    /// <summary>Divides the lines.</summary>
    /// <param name="lines">The bytes of a file that was read before, so that none of its lines is cut off.</param>
    /// <returns>The lines, each with its line feed: slices of the given memory.</returns>
    public static IEnumerable<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> lines)
    {
        while (!lines.IsEmpty)
        {
            int end = lines.Span.IndexOf(LineFeed) + 1;
            yield return lines[..end];
            lines = lines[end..];
        }
    }

    private static ImmutableArray<T> ReadEach<T>(ReadOnlySpan<byte> lines, string name, Func<ReadOnlySpan<byte>, T> read)
    {
        var all = ImmutableArray.CreateBuilder<T>();
        for (int number = 1; lines.Length > 0; number++)
        {
            int end = lines.IndexOf(LineFeed);
            if (end < 0)
                throw Malformed(name, number, "the line is cut off");
            try
            {
                all.Add(read(lines[..end]));
            }
            catch (JsonException exception)
            {
                throw Malformed(name, number, exception.Message, exception);
            }

            lines = lines[(end + 1)..];
        }

        return all.DrainToImmutable();
    }

    private static PrerequisiteException Malformed(string name, int line, string found, Exception? cause = null) => new(
        $"'{name}', line {line}: expected a prediction, found an error: {found}. "
        + "Remove the file and start the run again; its samples are then evaluated again.", cause);
}
