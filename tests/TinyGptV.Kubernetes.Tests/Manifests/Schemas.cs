namespace TinyGptV.Kubernetes.Tests.Manifests;

/// <summary>The JSON schemas of Kubernetes, from the npm package kubernetes-models.</summary>
internal static class Schemas
{
    /// <returns>One line for each mistake.</returns>
    public static string[] Mistakes(string manifests) => RequiredTool.Run(
        "node", "Install Node.js 18 or newer (Debian: nodejs).", manifests,
        Repository.PathOf("tests", "TinyGptV.Kubernetes.Tests", "Manifests", "schemas.mjs"), InstalledPackages())
        .Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string InstalledPackages()
    {
        string folder = Repository.PathOf("artifacts", "schemas");
        return Directory.Exists(Path.Combine(folder, "node_modules", "kubernetes-models"))
            ? folder
            : throw new InvalidOperationException(
                "The Kubernetes schemas are missing. Install them with 'npm install --prefix artifacts/schemas kubernetes-models@4.5.1 yaml@2.8.0'.");
    }
}
