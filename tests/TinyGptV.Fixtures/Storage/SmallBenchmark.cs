using System.Globalization;
using System.Text;

namespace TinyGptV.Fixtures.Storage;

/// <summary>A small benchmark in VSR's layout, written by a test: statements about images, two per image.</summary>
internal static class SmallBenchmark
{
    private const string Scorers = """{ "tinygptv": "contains-label" }""";

    public static string Definition(string name, string title = "Small", string scorers = Scorers) =>
        $$"""
        {
          "name": "{{name}}",
          "title": "{{title}}",
          "version": 1,
          "split": "test",
          "format": "vsr",
          "files": { "annotations": ["test.jsonl", "other.jsonl"] },
          "imageFolders": ["images"],
          "request": "generate",
          "promptTemplate": "<ImageHere> True or false: {question}",
          "maxNewTokens": 4,
          "scorers": {{scorers}}
        }
        """;

    public static string Annotations(int samples)
    {
        var lines = new StringBuilder();
        for (int sample = 0; sample < samples; sample++)
            lines.Append(CultureInfo.InvariantCulture, $$"""
                {"image": "{{ImageOf(sample)}}", "caption": "Statement {{sample}}.", "label": {{sample % 2}}, "relation": "under"}

                """);
        return lines.ToString();
    }

    public static string ImageOf(int sample) => string.Create(CultureInfo.InvariantCulture, $"{sample / 2:D4}.jpg");

    /// <summary>Writes definition, annotations and one small file for each image below <c>data/&lt;name&gt;</c>.</summary>
    public static void WriteTo(TemporaryFolder folder, string name, int samples, string scorers = Scorers)
    {
        folder.Write($"data/{name}/benchmark.json", Definition(name, scorers: scorers));
        folder.Write($"data/{name}/test.jsonl", Annotations(samples));
        for (int sample = 0; sample < samples; sample += 2)
            folder.Write($"data/{name}/images/{ImageOf(sample)}", $"image of {name}/{sample}");
    }
}
