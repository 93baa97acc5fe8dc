using System.Collections.Immutable;
using System.Text.Json;

namespace TinyGptV.Evaluation.Runs;

/// <summary>A setting that differs between two manifests.</summary>
/// <param name="Setting">The setting as a path into the manifest, for example <c>benchmarks.gqa.definition.promptTemplate</c>.</param>
/// <param name="Stored">The stored value as JSON; null if not set.</param>
/// <param name="Requested">The requested value as JSON; null if not set.</param>
public sealed record ManifestDifference(string Setting, string? Stored, string? Requested)
{
    /// <inheritdoc />
    public override string ToString() => $"{Setting}: stored {Stored ?? "nothing"}, requested {Requested ?? "nothing"}";
}

/// <summary>Finds out whether two manifests lead to the same predictions, and if not, why.</summary>
public static class ManifestComparison
{
    /// <summary>Lists the settings that differ. Run name, program version, model name and model file names do not count.</summary>
    /// <param name="stored">The manifest of the existing run.</param>
    /// <param name="requested">The manifest of the requested run.</param>
    /// <returns>The differences in ordinal order of the settings; empty if the run can be continued.</returns>
    public static ImmutableArray<ManifestDifference> Compare(RunManifest stored, RunManifest requested)
    {
        ArgumentNullException.ThrowIfNull(stored);
        ArgumentNullException.ThrowIfNull(requested);
        return Compare(Settings(stored), Settings(requested));
    }

    /// <summary>Lists what has changed in a benchmark.</summary>
    /// <param name="stored">The benchmark in the run's manifest.</param>
    /// <param name="found">The benchmark as it is now.</param>
    /// <returns>The differences in ordinal order of the settings.</returns>
    public static ImmutableArray<ManifestDifference> Compare(BenchmarkManifest stored, BenchmarkManifest found)
    {
        ArgumentNullException.ThrowIfNull(stored);
        ArgumentNullException.ThrowIfNull(found);
        return Compare(Settings(stored), Settings(found));
    }

    /// <summary>The message for a request to continue a run with different settings.</summary>
    /// <param name="run">The run.</param>
    /// <param name="differences">The differences, at least one.</param>
    /// <returns>One line for the error, and one per difference.</returns>
    public static string Refusal(RunId run, ImmutableArray<ManifestDifference> differences) =>
        $"Run '{run}' exists with different settings and cannot be continued with these. "
        + "Choose another run name, or use the stored settings:\n"
        + string.Join('\n', differences.Select(difference => $"  {difference}"));

    // Walks the JSON instead of listing members, so that new settings are compared automatically.
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
        JsonElement json = JsonSerializer.SerializeToElement(benchmark, EvaluationJson.Compact.ShapeOf<BenchmarkManifest>());
        Flatten($"benchmarks.{benchmark.Definition.Name}", json, settings);
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
