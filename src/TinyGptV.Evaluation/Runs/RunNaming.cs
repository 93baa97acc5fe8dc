using System.Security.Cryptography;
using System.Text.Json;

namespace TinyGptV.Evaluation.Runs;

/// <summary>Names runs by what makes their numbers, so that the same request continues the same run.</summary>
public static class RunNaming
{
    /// <summary>The default name of a run: <c>run-</c> and 12 hexadecimal digits made from its settings.</summary>
    /// <param name="manifest">The manifest; its run and program version do not count, nor how the model's files are called.</param>
    /// <returns>The name: equal for manifests between which <see cref="ManifestComparison"/> finds no difference.</returns>
    public static RunId NameFor(RunManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        byte[] settings = JsonSerializer.SerializeToUtf8Bytes(SettingsOf(manifest), EvaluationJson.Compact.ShapeOf<RunManifest>());
        return new RunId($"run-{Convert.ToHexStringLower(SHA256.HashData(settings))[..12]}");
    }

    /// <summary>The manifest without what cannot change a number.</summary>
    internal static RunManifest SettingsOf(RunManifest manifest) => manifest with
    {
        Run = new RunId(""),
        ProgramVersion = "",
        Model = manifest.Model with { Name = "", Files = manifest.Model.Files.Clear() },
    };
}
