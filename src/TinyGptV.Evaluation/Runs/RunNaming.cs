using System.Security.Cryptography;
using System.Text.Json;

namespace TinyGptV.Evaluation.Runs;

/// <summary>Names runs by their settings, so that the same request continues the same run.</summary>
public static class RunNaming
{
    /// <summary>The default name of a run: <c>run-</c> and 12 hexadecimal digits of a hash of its settings.</summary>
    /// <param name="manifest">The manifest; run name, program version, model name and model file names do not count.</param>
    /// <returns>The name; equal if <see cref="ManifestComparison"/> finds no difference.</returns>
    public static RunId NameFor(RunManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        byte[] settings = JsonSerializer.SerializeToUtf8Bytes(SettingsOf(manifest), EvaluationJson.Compact.ShapeOf<RunManifest>());
        return new RunId($"run-{Convert.ToHexStringLower(SHA256.HashData(settings))[..12]}");
    }

    /// <summary>The manifest without what cannot change results.</summary>
    internal static RunManifest SettingsOf(RunManifest manifest) => manifest with
    {
        Run = new RunId(""),
        ProgramVersion = "",
        Model = manifest.Model with { Name = "", Files = manifest.Model.Files.Clear() },
    };
}
