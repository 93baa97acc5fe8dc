using System.Text.Json;
using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Evaluation.Runs;

/// <summary>What a coordinator needs of a prediction: its sample, and whether it failed.</summary>
/// <param name="Benchmark">The benchmark.</param>
/// <param name="Sample">The sample.</param>
/// <param name="Failed">True if the sample has no answer.</param>
public readonly record struct PredictionOutline(BenchmarkName Benchmark, SampleId Sample, bool Failed)
{
    /// <summary>Reads one line of <see cref="PredictionLines"/>.</summary>
    /// <param name="line">The line without its line feed.</param>
    /// <returns>The outline.</returns>
    /// <exception cref="JsonException">The line is not a JSON object, or has no benchmark or sample.</exception>
    internal static PredictionOutline Read(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        string? benchmark = null, sample = null;
        bool failed = false;
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
                continue;
            if (reader.CurrentDepth == 1 && reader.ValueTextEquals("benchmark"u8))
                benchmark = ReadText(ref reader);
            else if (reader.CurrentDepth == 1 && reader.ValueTextEquals("sample"u8))
                sample = ReadIdentity(ref reader);
            else if (reader.CurrentDepth == 1 && reader.ValueTextEquals("failure"u8))
                failed = reader.Read() && reader.TokenType != JsonTokenType.Null;
        }

        return benchmark is not null && sample is not null
            ? new PredictionOutline(new BenchmarkName(benchmark), new SampleId(sample), failed)
            : throw new JsonException("the line has no benchmark or no sample");
    }

    private static string? ReadIdentity(ref Utf8JsonReader reader)
    {
        string? identity = null;
        reader.Read();
        int depth = reader.CurrentDepth;
        while (reader.TokenType != JsonTokenType.EndObject || reader.CurrentDepth > depth)
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == depth + 1 && reader.ValueTextEquals("id"u8))
                identity = ReadText(ref reader);
            if (!reader.Read())
                break;
        }

        return identity;
    }

    private static string? ReadText(ref Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
}
