using System.Text.Json;

namespace TinyGptV.Evaluation.Tests.Scoring;

/// <summary>Reads tables of test cases.</summary>
internal static class CaseFile
{
    public static string Folder { get; } = Path.Combine(Repository.Root, "tests", "TinyGptV.Evaluation.Tests", "Scoring", "Cases");

    public static JsonElement Read(string name)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, name + ".json")));
        return document.RootElement.Clone();
    }
}
