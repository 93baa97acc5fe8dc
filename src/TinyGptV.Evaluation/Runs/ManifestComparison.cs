using System.Collections.Immutable;
using System.Text.Json;

namespace TinyGptV.Evaluation.Runs;

/// <summary>A setting in which two manifests differ.</summary>
/// <param name="Setting">The setting as a path into the manifest, for example <c>benchmarks.gqa.definition.promptTemplate</c>.</param>
/// <param name="Stored">The value of the stored run as JSON; null if it has no such setting.</param>
/// <param name="Requested">The value that was asked for as JSON; null if it has no such setting.</param>
public sealed record ManifestDifference(string Setting, string? Stored, string? Requested)
{
    /// <inheritdoc />
    public override string ToString() => $"{Setting}: stored {Stored ?? "nothing"}, requested {Requested ?? "nothing"}";
}

/// <summary>Tells whether two manifests promise the same predictions, and if not, why.</summary>
public static class ManifestComparison
{
    /// <summary>Lists every setting that differs. Run, program version and the names of the model's files do not count.</summary>
    /// <param name="stored">The manifest of a run that exists.</param>
    /// <param name="requested">The manifest of the run that is asked for.</param>
    /// <returns>The differences in ordinal order of the settings; none if the run can be continued.</returns>
    public static ImmutableArray<ManifestDifference> Compare(RunManifest stored, RunManifest requested)
    {
        ArgumentNullException.ThrowIfNull(stored);
        ArgumentNullException.ThrowIfNull(requested);
        return Compare(Settings(stored), Settings(requested));
    }

    /// <summary>Lists everything in which a benchmark is not what it was.</summary>
    /// <param name="stored">The benchmark as a run's manifest has it.</param>
    /// <param name="found">The benchmark as it was read now.</param>
    /// <returns>The differences in ordinal order of the settings.</returns>
    public static ImmutableArray<ManifestDifference> Compare(BenchmarkManifest stored, BenchmarkManifest found)
    {
        ArgumentNullException.ThrowIfNull(stored);
        ArgumentNullException.ThrowIfNull(found);
        return Compare(Settings(stored), Settings(found));
    }

    /// <summary>What is told to a user who asked for an existing run with other settings.</summary>
    /// <param name="run">The run.</param>
    /// <param name="differences">The differences, at least one.</param>
    /// <returns>One line for the refusal, and one for each difference.</returns>
    public static string Refusal(RunId run, ImmutableArray<ManifestDifference> differences) =>
        $"The run '{run}' exists with other settings; its predictions cannot be continued with these. "
        + "Give the run another name, or ask for it with the stored settings:\n"
        + string.Join('\n', differences.Select(difference => $"  {difference}"));

    // Walks the JSON instead of naming members, so that a setting added later is compared from its first day.
    private static Dictionary<string, string> Settings(RunManifest manifest)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        Flatten("", JsonSerializer.SerializeToElement(RunNaming.SettingsOf(manifest), EvaluationJson.Compact.ShapeOf<RunManifest>()), settings);
        settings["benchmarks"] = string.Join(", ", manifest.Benchmarks.Select(benchmark => benchmark.Definition.Name));
        return settings;
    }

    private static Dictionary<string, string> Settings(BenchmarkManifest benchmark)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        Flatten($"benchmarks.{benchmark.Definition.Name}", JsonSerializer.SerializeToElement(benchmark, EvaluationJson.Compact.ShapeOf<BenchmarkManifest>()), settings);
        return settings;
    }

    private static ImmutableArray<ManifestDifference> Compare(Dictionary<string, string> stored, Dictionary<string, string> requested) =>
    [
        .. stored.Keys.Union(requested.Keys).Order(StringComparer.Ordinal)
            .Select(setting => new ManifestDifference(setting, stored.GetValueOrDefault(setting), requested.GetValueOrDefault(setting)))
            .Where(difference => difference.Stored != difference.Requested),
    ];

    private static void Flatten(string path, JsonElement value, Dictionary<string, string> settings)
    {
        if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty property in value.EnumerateObject())
                Flatten(path.Length == 0 ? property.Name : $"{path}.{property.Name}", property.Value, settings);
        }
        else if (path == "benchmarks")
        {
            foreach (JsonElement benchmark in value.EnumerateArray())
                Flatten($"{path}.{benchmark.GetProperty("definition").GetProperty("name").GetString()}", benchmark, settings);
        }
        else
        {
            settings[path] = value.GetRawText();
        }
    }
}
