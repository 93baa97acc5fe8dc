using System.Globalization;
using System.Text.Json;
using TinyGptV.SamplePainter;

namespace TinyGptV.Throughput;

/// <summary>A benchmark of any size in GQA's format. Its images are not real images: only a script answers.</summary>
internal static class SyntheticBenchmark
{
    /// <summary>Questions per image; real benchmarks have between one and thirty.</summary>
    public const int QuestionsPerImage = 8;

    /// <summary>Writes the benchmark <c>gqa</c> to a folder.</summary>
    /// <param name="folder">The folder of benchmarks.</param>
    /// <param name="samples">The number of samples.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static void Write(string folder, int samples)
    {
        string benchmark = Path.Combine(folder, "gqa");
        string images = Path.Combine(benchmark, "images");
        Directory.CreateDirectory(images);
        WriteDefinition(benchmark);
        WriteQuestions(Path.Combine(benchmark, "sample_questions.json"), samples);
        for (int image = 0; image * QuestionsPerImage < samples; image++)
            File.WriteAllText(Path.Combine(images, NameOf(image)), image.ToString(CultureInfo.InvariantCulture));
    }

    private static void WriteDefinition(string benchmark)
    {
        SampleFile definition = SampleDefinitions.FileOf(SampleDefinitions.All[0] with { Expected = null, Published = null });
        File.WriteAllBytes(Path.Combine(benchmark, definition.Path), definition.Content);
    }

    private static void WriteQuestions(string path, int samples)
    {
        using FileStream stream = File.Create(path);
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartArray();
        for (int number = 0; number < samples; number++)
        {
            json.WriteStartObject();
            json.WriteString("image", NameOf(number / QuestionsPerImage));
            json.WriteString("question", string.Create(CultureInfo.InvariantCulture, $"Which colour has the thing with the number {number}?"));
            json.WriteString("answer", number % 2 == 0 ? "red" : "blue");
            json.WriteString("question_id", number.ToString("D9", CultureInfo.InvariantCulture));
            json.WriteEndObject();
            if (json.BytesPending > 1 << 16)
                json.Flush();
        }

        json.WriteEndArray();
    }

    private static string NameOf(int image) => image.ToString("D7", CultureInfo.InvariantCulture) + ".png";
}
